"""What passed the proxy is an exchange, whatever the endpoint has sent."""

import gzip
import json

import pytest

from conformance.transport.exchange import FailureKind
from conformance.transport.raw_http import Message
from conformance.weaviate.recording_proxy import Passed

ASKED = {"texts": ["a red circle"]}
ANSWER = json.dumps({"textVectors": [[1, 2]], "imageVectors": []}).encode()
ORIGIN = "http://host:8080"


def passed(body: bytes, status: int = 200, **headers: str) -> Passed:
    """A request for one text, and that response to it."""
    asked = json.dumps(ASKED).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Passed(
        Message("POST /prefix/vectorize HTTP/1.1", (), asked, asked),
        Message(f"HTTP/1.1 {status} -", named, body, body),
        ORIGIN,
    )


def test_it_is_addressed_to_the_endpoint() -> None:
    exchange = passed(ANSWER).to_exchange()
    assert (exchange.url, exchange.status) == (f"{ORIGIN}/prefix/vectorize", 200)
    assert exchange.body == ANSWER


def test_gzip_is_undone() -> None:
    exchange = passed(gzip.compress(ANSWER, mtime=0), Content_Encoding="gzip").to_exchange()
    assert (exchange.failure, exchange.body) == (None, ANSWER)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (gzip.compress(ANSWER, mtime=0)[:-9], FailureKind.BROKEN_GZIP),
        (b"no gzip", FailureKind.BROKEN_GZIP),
        (gzip.compress(bytes(2000), mtime=0), FailureKind.TOO_LARGE),
    ],
)
def test_bad_gzip_is_the_endpoints_failure(
    body: bytes, kind: FailureKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.transport.exchange.MAX_RESPONSE", 1000)
    seen = passed(body, Content_Encoding="gzip")
    exchange = seen.to_exchange()
    assert exchange.failed_by(kind)
    assert (exchange.status, exchange.body) == (200, b"")
    assert not seen.succeeded()


def test_no_response_is_the_endpoints_failure() -> None:
    seen = Passed(passed(ANSWER).request, None, ORIGIN)
    assert seen.to_exchange().failed_by(FailureKind.INCOMPLETE)
    assert not seen.succeeded()


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (ANSWER, 200, True),
        (ANSWER, 500, False),
        (b'{"textVectors": []}', 200, False),
        (b"<html>", 200, False),
    ],
)
def test_success_is_what_weaviate_takes_for_it(body: bytes, status: int, expected: bool) -> None:
    assert passed(body, status).succeeded() is expected


def test_what_is_no_longer_kept_still_succeeded() -> None:
    assert passed(ANSWER).without_items().succeeded()
    assert passed(ANSWER).without_items().asked() == {"texts": [], "images": []}
