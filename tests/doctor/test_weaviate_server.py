"""The doctor and what a Weaviate shows, on a machine without one: its answers are played."""

import json
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.doctor import weaviate_server
from conformance.doctor.diagnosis import Diagnosis, Problem
from conformance.doctor.weaviate_server import WeaviateDoctor
from conformance.weaviate.server import server_at
from tests.suite.sockets import Talk, always, answer, read, talking

URL = "http://127.0.0.1:9"
META = {"model": "mine"}
FILMS = {
    "class": "Films",
    "properties": [{"name": name, "dataType": ["text"]} for name in ("body", "title")],
    "vectorConfig": {
        "v": {
            "vectorizer": {
                "multi2vec-clip": {
                    "textFields": ["body", "title"],
                    "weights": {"textFields": [0.2, 0.8]},
                }
            }
        }
    },
}
BOOKS = {"class": "Books", "vectorConfig": {"v": {"vectorizer": {"text2vec-openai": {}}}}}
NOTHING: Mapping[str, Any] = {}


def weaviate(meta: object = META, classes: object = (FILMS, BOOKS), rows: object = ()) -> Talk:
    """A server that answers as a Weaviate does; `meta` is its module's, `rows` are objects."""
    modules = {"multi2vec-clip": meta} if meta is not None else {}
    documents = {
        "/v1/meta": {"version": "1.39.0", "modules": modules},
        "/v1/schema": {"classes": classes},
        "/v1/graphql": {"data": {"Get": {"Films": rows}}},
    }

    def talk(connection: socket.socket, _number: int) -> None:
        while request := read(connection):
            path = request.split(b" ", 2)[1].decode()
            connection.sendall(answer(json.dumps(documents[path]).encode()))

    return talk


def problems(talk: Talk, collection: str | None = None, meta: object = META) -> list[Problem]:
    """What the doctor finds wrong with the server, behind an endpoint with this /meta."""
    found = Diagnosis("")
    with talking(talk) as url:
        doctor = WeaviateDoctor(server_at(url), found)
        doctor.examine(URL, meta if isinstance(meta, Mapping) else {}, collection)
    return found.problems


def test_nothing_is_wrong_where_all_is_well() -> None:
    assert problems(weaviate(rows=[{"body": "a", "title": "b"}])) == []


def closes(_connection: socket.socket, _number: int) -> None:
    """Closes every connection at once."""


CASES: dict[str, tuple[Talk, str | None, str]] = {
    "gone": (closes, None, "weaviate-down"),
    "401": (always(answer(b"{}", status="401 No")), None, "weaviate-key"),
    "404": (always(answer(b"{}", status="404 No")), None, "weaviate-answer"),
    "HTML": (always(answer(b"<html>")), None, "weaviate-answer"),
    "a list": (always(answer(b"[]")), None, "weaviate-answer"),
    "no module": (weaviate(meta=None, classes=()), None, "no-module"),
    "another endpoint": (weaviate(meta={"model": "other"}), None, "another-endpoint"),
    "no collection": (weaviate(), "Film", "no-collection"),
    "another vectorizer": (weaviate(), "books", "not-clip"),
    "absent texts": (weaviate(rows=[{"body": None, "title": "b"}]), None, "weights-optional"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_a_weaviate(name: str) -> None:
    talk, collection, id_ = CASES[name]
    assert [problem.id for problem in problems(talk, collection)] == [id_]


@pytest.mark.parametrize("words", weaviate_server.CAUSES)
def test_the_cause_behind_weaviates_own_error_is_named(words: str) -> None:
    error = f'send GET meta request: Get "http://clip:8080/meta": {words}'
    [problem] = problems(weaviate(meta={"error": error}))
    assert problem.cause == weaviate_server.CAUSES[words][0]
    assert problem.weaviate == error


def test_the_address_that_weaviate_was_given_is_read_from_its_error() -> None:
    found = Diagnosis("")
    error = 'Get "http://me:secret@clip:8080/meta": connection refused'
    with talking(weaviate(meta={"error": error})) as url:
        WeaviateDoctor(server_at(url), found).examine(URL, NOTHING, None)
    assert ("CLIP_INFERENCE_API", "http://***@clip:8080") in found.seen


def test_an_inference_url_that_does_not_answer_is_told() -> None:
    with talking(closes) as dead:
        pass
    settings = {"textFields": ["title"], "inferenceUrl": dead}
    vectors = {"v": {"vectorizer": {"multi2vec-clip": settings}}}
    [problem] = problems(weaviate(classes=[{**FILMS, "vectorConfig": vectors}]))
    assert problem.id == "inference-url-dead"
    assert problem.text.startswith(f"Films, vector v: inferenceUrl {dead} does not answer here")
