"""Recorded requests are complete, are sent unchanged, and expose faulty endpoints."""

import json

from conformance.data import fixture_files
from conformance.weaviate.replay import recorded, replay
from tests.suite.sockets import keep, talking


def test_every_request_counts_what_it_asks_for() -> None:
    for request in recorded().values():
        if request.message.start.startswith("POST"):
            asked = request.asked()
            assert (len(asked["texts"]), len(asked["images"])) == (request.texts, request.images)


def test_every_file_is_in_the_index() -> None:
    files = {
        path.name for path in fixture_files.path("wire").iterdir() if path.name.endswith(".http")
    }
    assert files == {f"{name}.http" for name in recorded()}


def test_the_recording_keeps_gos_headers_and_escapes() -> None:
    odd = recorded()["import-odd-text"].message
    assert [name for name, _ in odd.headers] == [
        "Host",
        "User-Agent",
        "Content-Length",
        "Content-Type",
        "Accept-Encoding",
    ]
    assert b"\\u003cb\\u003e" in odd.body
    assert "images" not in json.loads(recorded()["import-text"].message.body)


def test_a_request_goes_out_as_it_was_recorded() -> None:
    seen: list[bytes] = []
    with talking(keep(seen)) as url:
        (exchange,) = replay(f"{url}/prefix", 5, ["near-text"])
    raw = fixture_files.path("wire/near-text.http").read_bytes()
    host = url.split("/")[2].encode()
    assert seen[0] == raw.replace(b" /", b" /prefix/", 1).replace(b"multi2vec-clip:8080", host)
    assert (exchange.status, exchange.body) == (200, b"{}")
    assert exchange.url == f"{url}/prefix/vectorize"


def test_a_closed_kept_connection_is_opened_again() -> None:
    seen: list[bytes] = []
    with talking(keep(seen)) as url:
        exchanges = replay(url, 5, ["ready", "meta"])
    assert [exchange.status for exchange in exchanges] == [200, 200]
    assert len(seen) == 2


def test_nobody_there_is_a_failure() -> None:
    (exchange,) = replay("http://127.0.0.1:1", 1, ["ready"])
    assert "refused" in str(exchange.failure)
