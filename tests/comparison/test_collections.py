"""The compare command with Weaviate collections, whose responses are simulated."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from conformance.comparison import weaviate_collection
from conformance.comparison.weaviate_collection import Rest
from conformance.transport.exchange import Exchange, Failure, FailureKind
from conformance.weaviate.server import server_at
from tests.comparison.conftest import Command, Urls
from tests.endpoints import registry
from tests.played_weaviate import Played, collection
from tests.suite.sockets import always, answer, talking

TITLES = [f"a {color} {shape}" for color in ("red", "blue") for shape in ("cat", "dog", "car")]
BOTH = {"textFields": ["title"]}


def encoded(title: str) -> list[float]:
    """The vector of a text from the endpoint `plain`."""
    vector = registry.find("plain").build().text_vector(title)
    return [float(number) for number in vector]


def objects(*names: str, turn: int = 0, length: int = 512) -> list[dict[str, Any]]:
    """Objects with the vectors of their titles; `names` selects some of them."""
    rows = []
    for number, title in enumerate(TITLES):
        vector = list(np.roll(encoded(title), turn)[:length])
        row: dict[str, Any] = {"id": f"{number:08}-0000", "properties": {"title": title}}
        made = {"vectors": dict.fromkeys(names, vector)} if names else {"vector": vector}
        rows.append({**row, **made})
    return rows


def played(**more: Any) -> Played:
    classes = [
        collection("Products", BOTH, vector=None),
        collection("Upgraded", BOTH),
        collection("Shorter", BOTH),
        collection("Named", BOTH, vector="title"),
        collection("Tenants", BOTH, tenants=True),
        collection("Frozen", BOTH, tenants=True),
        collection("Own", None),
        collection("Empty", BOTH),
        {"class": "Foreign", "vectorConfig": {"v": {"vectorizer": {"text2vec-openai": {}}}}},
    ]
    kept: Mapping[str, Any] = {
        "Products": objects(),
        "Upgraded": objects("v", turn=1),
        "Shorter": objects("v", length=64),
        "Named": objects("title", "other"),
        "Tenants/b": objects("v"),
    }
    return Played(classes, kept, {"a": "COLD", "b": "HOT"}, **more)


@pytest.mark.parametrize("order", [1, -1])
def test_a_collection_that_matches(url: Urls, command: Command, order: int) -> None:
    server = played()
    with talking(server.talk) as weaviate:
        words = [f"weaviate:{weaviate}/products", url("plain")][::order]
        told = command("compare", *words)
    assert told.status == 0, told.err
    assert f"Reads up to 48 objects from products at {weaviate}." in told.out
    assert f"Sends up to 49 requests, one object each, to {url('plain')}" in told.out
    assert "MATCH: the vectors of" in told.out
    assert "objects: 6 of 6 the same; lowest cosine 1.0000" in told.out
    assert {line.split()[0] for line in server.asked} == {"GET"}


def test_the_first_objects_are_taken_by_their_ids(url: Urls, command: Command) -> None:
    server = played()
    with talking(server.talk) as weaviate:
        told = command("compare", f"weaviate:{weaviate}/Products", url("plain"), "--sample", "5")
    assert "objects: 5 of 5 the same" in told.out
    pages = [line for line in server.asked if "/v1/objects" in line]
    assert len(pages) == 2
    assert "after=00000003-0000" in pages[1]


CASES: dict[str, tuple[str, list[str], int, str]] = {
    "another model": ("Upgraded", [], 1, "a different model or version: no combination of the"),
    "another length": ("Shorter", [], 1, "vectors have 512 dimensions now, and had 64"),
    "a named vector": ("Named", ["--vector", "title"], 0, "objects: 6 of 6 the same"),
    "the first active tenant": ("Tenants", [], 0, "Tenants (tenant b) at http://"),
    "a tenant by its name": ("Tenants", ["--tenant", "b"], 0, "objects: 6 of 6 the same"),
    "an inactive tenant": ("Tenants", ["--tenant", "a"], 4, "a of Tenants is not active (COLD)"),
    "no such tenant": ("Tenants", ["--tenant", "bb"], 4, "has no tenant bb"),
    "no tenants": ("Products", ["--tenant", "b"], 4, "Products has no tenants"),
    "no such vector": ("Named", ["--vector", "titel"], 4, "did you mean title?"),
    "vectorizer none": ("Own", [], 4, "Own has vectorizer none: its objects come with their own"),
    "another vectorizer": ("Foreign", [], 4, "come from text2vec-openai, not from multi2vec"),
    "nothing stored": ("Empty", [], 4, "Empty has no objects"),
    "no such collection": ("Product", [], 4, "there is no collection Product at http://"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_collection_of_each_kind(name: str, url: Urls, command: Command) -> None:
    which, options, status, said = CASES[name]
    with talking(played().talk) as weaviate:
        told = command("compare", f"weaviate:{weaviate}/{which}", url("plain"), *options)
    assert told.status == status
    assert said in (told.err if status == 4 else told.out)


def test_a_collection_and_its_copy_are_compared_without_encoding(command: Command) -> None:
    with talking(played().talk) as weaviate:
        same = command("compare", f"weaviate:{weaviate}/Upgraded", f"weaviate:{weaviate}/Tenants")
        alone = command("compare", f"weaviate:{weaviate}/Products", f"weaviate:{weaviate}/Named")
    assert same.status == 1
    assert "objects: 0 of 6 the same" in same.out
    assert "Sends" not in same.out
    assert alone.status == 4
    assert "have no ID in common" in alone.err


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("", "COLLECTION"),
        ("/Products", "Products"),
        ("/v1/schema/Products", "Products"),
        ("/v1/objects/Products/1234", "Products"),
        ("/v1", "COLLECTION"),
    ],
)
def test_a_weaviate_url_is_told_how_to_name_a_collection(
    path: str, meant: str, command: Command
) -> None:
    with talking(played().talk) as weaviate:
        told = command("compare", "http://127.0.0.1:9", f"{weaviate}{path}", "--wait", "0")
        assert "nothing is listening at http://127.0.0.1:9" in told.err
        told = command("compare", f"{weaviate}{path}", "http://127.0.0.1:9", "--wait", "0")
    assert told.status == 4
    said = f"; to compare a collection of the Weaviate server at {weaviate}, write weaviate:"
    assert told.err.endswith(f"{said}{weaviate}/{meant}\n")


def test_a_recording_does_not_hold_a_collections_objects(
    recorded: object, command: Command
) -> None:
    told = command("compare", "weaviate:http://127.0.0.1:9/Products", recorded)
    assert told.status == 4
    assert "compare a collection with an endpoint, or with another collection" in told.err


def test_an_endpoint_that_refuses_every_object_is_nothing_compared(
    url: Urls, command: Command
) -> None:
    with talking(played().talk) as weaviate:
        told = command("compare", f"weaviate:{weaviate}/Products", url("all"))
    assert told.status == 4
    assert "rejected every object: status 500" in told.err


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        ("401 No", b"{}", "requires an API key (status 401): set CLIP_WEAVIATE_API_KEY"),
        ("404 No", b"<html>", "/v1/schema: status 404"),
        ("500 No", b'{"error": [{"message": "broken"}]}', "status 500: broken"),
    ],
)
def test_what_is_no_weaviate_is_one_line(
    status: str, body: bytes, said: str, url: Urls, command: Command
) -> None:
    with talking(always(answer(body, status=status))) as weaviate:
        told = command("compare", f"weaviate:{weaviate}/Products", url("plain"))
    assert (told.status, told.err.count("\n")) == (4, 1)
    assert said in told.err


def test_objects_that_do_not_fit_one_answer_are_read_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = played()
    with talking(server.talk) as weaviate, closing(Rest(server_at(weaviate))) as rest:
        send = rest._client.send

        def bounded(request: Any) -> Exchange:
            if "limit=4" not in request.path:
                return send(request)
            return Exchange("GET", "", failure=Failure(FailureKind.TOO_LARGE, "too large"))

        monkeypatch.setattr(rest._client, "send", bounded)
        found = weaviate_collection.open_collection(rest, "Products").objects(3)
    assert len(found) == 3
