"""The doctor's findings about a Weaviate server, whose responses are simulated."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from conformance.data import fixture_files
from conformance.doctor import weaviate_server
from conformance.doctor.diagnosis import Diagnosis
from conformance.doctor.weaviate_server import WeaviateDoctor
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.weaviate.server import server_at
from tests.doctor.conftest import Doctor
from tests.endpoints import registry
from tests.played_weaviate import MODULE, Played, collection
from tests.suite.sockets import Talk, always, answer, talking

URL = "http://127.0.0.1:9"
META = {"model": "mine"}
TITLE = {"textFields": ["title"]}
WEIGHTED = {"textFields": ["body", "title"], "weights": {"textFields": [0.2, 0.8]}}


def stored(turn: int = 0, length: int = 512, **more: Any) -> list[dict[str, Any]]:
    """An object stored with its title's vector, or with a different vector."""
    vector = np.roll(registry.find("plain").build().text_vector("a cat"), turn)[:length]
    numbers = [float(number) for number in vector]
    properties = {"title": "a cat", "body": "a body", **more}
    return [{"id": "0", "properties": properties, "vectors": {"v": numbers}}]


@pytest.fixture
def endpoint(plain_url: str) -> Iterator[Endpoint]:
    with closing(Client(plain_url, 30)) as client:
        yield Endpoint(client)


def diagnosed(
    talk: Talk,
    name: str | None = None,
    endpoint: Endpoint | None = None,
    tenant: str | None = None,
) -> Diagnosis:
    """The doctor's findings about the server, if it uses an endpoint with this model."""
    found = Diagnosis("")
    with talking(talk) as url:
        WeaviateDoctor(server_at(url), found).examine(endpoint, URL, META, name, tenant)
    return found


def said(found: Diagnosis) -> str:
    rows = [(each.text, each.cause, each.remedy, each.weaviate) for each in found.problems]
    return " ".join(map(" ".join, [*found.seen, *rows]))


FOREIGN = {"class": "Books", "vectorConfig": {"v": {"vectorizer": {"text2vec-openai": {}}}}}


def weaviate(**changes: Any) -> Talk:
    """A server with two collections and the given changes."""
    given: dict[str, Any] = {
        "classes": [collection("Films", WEIGHTED), FOREIGN],
        "objects": {"Films": []},
        "modules": {MODULE: META},
        **changes,
    }
    return Played(**given).talk


def closes(_connection: socket.socket, _number: int) -> None:
    """Closes every connection at once."""


def test_nothing_is_wrong_where_all_is_well(endpoint: Endpoint) -> None:
    talk = weaviate(classes=[collection("Films", TITLE)], objects={"Films": stored()})
    found = diagnosed(talk, "Films", endpoint)
    assert found.problems == []
    assert "a stored vector matches the current one: cosine 1.00" in said(found)


CASES: dict[str, tuple[Talk, str | None, str]] = {
    "gone": (closes, None, "weaviate-down"),
    "401": (always(answer(b"{}", status="401 No")), None, "weaviate-key"),
    "404": (always(answer(b"{}", status="404 No")), None, "weaviate-answer"),
    "HTML": (always(answer(b"<html>")), None, "weaviate-answer"),
    "a list": (always(answer(b"[]")), None, "weaviate-answer"),
    "no module": (weaviate(modules={}, classes=()), None, "no-module"),
    "another endpoint": (weaviate(modules={MODULE: {"model": "x"}}), None, "another-endpoint"),
    "no collection": (weaviate(), "Film", "no-collection"),
    "another vectorizer": (weaviate(), "books", "not-clip"),
    "vectorizer none": (weaviate(classes=[collection("Own", None)]), "Own", "own-vectors"),
    "vectorizer none, of old": (
        weaviate(classes=[collection("Own", None, vector=None)]),
        "own",
        "own-vectors",
    ),
    "absent texts": (weaviate(objects={"Films": stored(body=None)}), None, "weights-optional"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_a_weaviate(name: str) -> None:
    talk, which, id_ = CASES[name]
    assert [problem.id for problem in diagnosed(talk, which).problems] == [id_]


STORED: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "another length": (
        stored(length=64),
        "stored-length",
        "Films, vector v: stored vectors have 64 dimensions, but the endpoint's have 512",
    ),
    "another model": (
        stored(turn=1),
        "stored-differs",
        "Films, vector v: object 0, vector v: the current vector differs from the stored one",
    ),
}


@pytest.mark.parametrize("name", STORED)
def test_another_model_than_the_stored_vectors_is_told(name: str, endpoint: Endpoint) -> None:
    rows, id_, words = STORED[name]
    talk = weaviate(classes=[collection("Films", TITLE)], objects={"Films": rows})
    [problem] = diagnosed(talk, "Films", endpoint).problems
    assert problem.id == id_
    assert problem.text.startswith(words)


def test_an_endpoint_that_refuses_a_stored_object_is_told() -> None:
    talk = weaviate(classes=[collection("Films", TITLE)], objects={"Films": stored()})
    refusal = answer(b'{"error": "too long"}', status="400 No")
    with talking(always(refusal)) as url, closing(Client(url, 30)) as client:
        [problem] = diagnosed(talk, "Films", Endpoint(client)).problems
    assert problem.id == "stored-refused"
    assert "too long" in problem.text


TENANTS = collection("Films", TITLE, tenants=True)


@pytest.mark.parametrize(
    ("tenant", "states", "words"),
    [
        (None, {"a": "COLD", "b": "HOT"}, "Films reading tenant b"),
        ("b", {"b": "ACTIVE"}, "a stored vector matches the current one"),
        ("a", {"a": "COLD"}, "could not be read: tenant a of Films is not active (COLD)"),
        ("x", {"b": "HOT"}, "could not be read: Films has no tenant x"),
        (None, {"a": "OFFLOADED"}, "Films has 1 tenants, and none of them is active"),
    ],
)
def test_a_collection_with_tenants_is_looked_at_by_one(
    tenant: str | None, states: dict[str, str], words: str, endpoint: Endpoint
) -> None:
    talk = weaviate(classes=[TENANTS], objects={"Films/b": stored()}, tenants=states)
    found = diagnosed(talk, "Films", endpoint, tenant)
    assert found.problems == []
    assert words in said(found)


def test_where_nothing_can_be_compared_it_is_said(endpoint: Endpoint) -> None:
    empty = weaviate(classes=[collection("Films", TITLE)])
    own = weaviate(classes=[collection("Films", {**TITLE, "inferenceUrl": "http://clip:8080"})])
    assert "not compared: Films has no objects" in said(diagnosed(empty, "Films", endpoint))
    assert "not compared: the endpoint does not respond" in said(diagnosed(empty, "Films"))
    assert "come from http://clip:8080" in said(diagnosed(own, "Films", endpoint))


def test_vectorizer_none_says_what_it_means_for_queries_and_how_to_set_one() -> None:
    told = said(diagnosed(weaviate(classes=[collection("Own", None)]), "Own"))
    assert "near_text and near_image fail, while near_vector works" in told
    assert "Configure.Vectors.multi2vec_clip(" in told
    assert "could not vectorize input for collection Own with search-type nearImage" in told


MESSAGES = fixture_files.toml(weaviate_server.MESSAGES)["message"]


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row["words"][0])
def test_the_cause_behind_weaviates_own_error_is_named(row: Mapping[str, Any]) -> None:
    for words in row["words"]:
        error = f'send GET meta request: Get "http://me:secret@clip:8080/meta": {words}'
        found = diagnosed(weaviate(modules={MODULE: {"error": error}}, classes=()))
        [problem] = found.problems
        assert (problem.cause, problem.remedy) == (row["cause"], row["remedy"])
        assert problem.weaviate == error
        assert ("CLIP_INFERENCE_API", "http://***@clip:8080") in found.seen


def test_a_proxy_that_does_not_answer_is_not_taken_for_the_endpoint() -> None:
    error = "proxyconnect tcp: dial tcp 127.0.0.1:3128: connect: connection refused"
    [problem] = diagnosed(weaviate(modules={MODULE: {"error": error}}, classes=())).problems
    assert "NO_PROXY" in problem.remedy


def test_an_address_that_is_no_url_is_shown_as_it_is() -> None:
    error = "create GET meta request: parse \"http://[::1:8080/meta\": missing ']' in host"
    found = diagnosed(weaviate(modules={MODULE: {"error": error}}, classes=()))
    assert ("CLIP_INFERENCE_API", "http://[::1:8080") in found.seen


def test_an_inference_url_that_does_not_answer_is_told() -> None:
    with talking(closes) as dead:
        pass
    talk = weaviate(classes=[collection("Films", {**TITLE, "inferenceUrl": dead})])
    [problem] = diagnosed(talk).problems
    assert problem.id == "inference-url-dead"
    assert problem.text.startswith(
        f"Films, vector v: inferenceUrl {dead} is not ready, as seen from this machine"
    )


def test_what_is_not_vectorized_is_noted(endpoint: Endpoint) -> None:
    talk = weaviate(
        classes=[collection("Films", TITLE), collection("Own", None), FOREIGN],
        objects={"Films": stored()},
    )
    found = diagnosed(talk, None, endpoint)
    assert found.problems == []
    assert ("Films, vector v", "image properties that are not vectorized: photo") in found.seen
    assert (f"without {MODULE}", "Own, Books") in found.seen


def test_an_error_of_the_other_endpoint_is_shown() -> None:
    [problem] = diagnosed(weaviate(modules={MODULE: {"detail": "Not Found"}}, classes=())).problems
    assert problem.text.endswith(f'differs from that of {URL}: {{"detail": "Not Found"}}')
    assert "ends in a slash" in problem.cause


def test_every_inference_url_is_looked_at() -> None:
    with talking(closes) as dead:
        pass
    urls = {"Slash": f"{dead}/", "Dead": dead}
    classes = [collection(name, {**TITLE, "inferenceUrl": url}) for name, url in urls.items()]
    found = diagnosed(weaviate(classes=classes)).problems
    assert [each.id for each in found] == ["inference-url", "inference-url-dead"]


def test_vectors_of_the_same_inference_url_are_compared(endpoint: Endpoint) -> None:
    url = endpoint.client.url
    talk = weaviate(
        classes=[collection("Films", {**TITLE, "inferenceUrl": url})], objects={"Films": stored()}
    )
    assert "a stored vector matches the current one" in said(diagnosed(talk, None, endpoint))


def test_the_command_compares_a_stored_vector(doctor: Doctor, plain_url: str) -> None:
    talk = weaviate(classes=[TENANTS], objects={"Films/b": stored(length=64)}, tenants={"b": "HOT"})
    with talking(talk) as url:
        words = ["--weaviate", url, "--collection", "films", "--tenant", "b", "--timeout", "30"]
        told = doctor(plain_url, *words)
    assert told.status == 1
    assert "stored vectors have 64 dimensions, but the endpoint's have 512" in told.text
