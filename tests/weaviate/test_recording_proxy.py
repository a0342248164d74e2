"""The proxy passes bytes on unchanged, counts them, and records every exchange."""

import gzip
import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from conformance.transport.exchange import FailureKind
from conformance.transport.raw_http import Message
from conformance.weaviate import recording_proxy
from conformance.weaviate.recording_proxy import Passed, RecordingProxy
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request


class Echo(Endpoint):
    """Returns the request body, in a form that depends on the path."""

    def answer(self, request: Request) -> Answer:
        if request.path.endswith("silent"):
            raise ConnectionError
        if request.path.endswith("chunked"):
            return Answer(200, b"3\r\nabc\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})
        shown = f"{request.method} {request.target} {sorted(request.headers.items())}"
        return Answer(200, shown.encode() + request.body, {"X-Odd": "a: b"})

    def send(self, request, answer, write):  # type: ignore[no-untyped-def]
        if "chunked" not in request.path:
            return super().send(request, answer, write)
        write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + answer.body)
        return True


@pytest.fixture
def echo() -> Iterator[RecordingProxy]:
    with serve(Echo(Encoder())) as url, RecordingProxy(url).running() as running:
        yield running


def test_a_request_arrives_with_all_its_headers_and_another_host(echo: RecordingProxy) -> None:
    text = httpx.post(f"{echo.url}/v?q=1", content=b"body", headers={"X-Mine": "1"}).text
    assert text.startswith("POST /v?q=1")
    assert "('x-mine', '1')" in text
    assert f"('host', '{echo.endpoint.host}')" in text
    assert text.endswith("body")


def test_an_answer_comes_back_whole(echo: RecordingProxy) -> None:
    assert httpx.get(f"{echo.url}/x").headers["x-odd"] == "a: b"
    assert httpx.get(f"{echo.url}/chunked").text == "abc"
    response = echo.passed[-1].response
    assert response is not None
    assert response.body == b"abc"


def test_exchanges_are_counted_from_a_mark(echo: RecordingProxy) -> None:
    httpx.post(f"{echo.url}/vectorize", json={"texts": ["a"]})
    mark = echo.mark()
    httpx.get(f"{echo.url}/meta")
    httpx.post(f"{echo.url}/vectorize", json={"images": ["b"]})
    assert [passed.asked() for passed in echo.since(mark)] == [{"texts": [], "images": ["b"]}]
    assert len(echo.since(0)) == 2


def test_a_connection_serves_several_requests(echo: RecordingProxy) -> None:
    with httpx.Client(base_url=echo.url) as client:
        codes = [client.get("/meta").status_code for _ in range(5)]
    assert codes == [200] * 5
    assert len(echo.passed) == 5


def test_a_closed_connection_stays_a_closed_connection(echo: RecordingProxy) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{echo.url}/silent")
    assert httpx.get(f"{echo.url}/fine").status_code == 200
    assert [passed.status for passed in echo.passed] == [0, 200]


def test_prefix_and_credentials_of_the_endpoint_are_kept() -> None:
    class Prefixed(Echo):
        prefix = "/a/b"

    with (
        serve(Prefixed(Encoder())) as url,
        RecordingProxy(url.replace("//", "//me:p%40ss@")).running() as p,
    ):
        text = httpx.get(f"{p.url}//vectorize").text
        assert p.url.endswith("/a/b")
    assert text.startswith("GET /a/b//vectorize")
    assert "('authorization', 'Basic bWU6cEBzcw==')" in text


def test_readiness_can_be_held_back(echo: RecordingProxy) -> None:
    echo.hold_ready(2)
    answers = [httpx.get(f"{echo.url}/.well-known/ready").status_code for _ in range(3)]
    assert answers == [503, 503, 200]


def test_what_exceeds_the_limit_is_counted_but_not_kept(
    echo: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_proxy, "KEPT_BYTES", 100)
    httpx.post(f"{echo.url}/vectorize", content=b"x" * 1000)
    assert [passed.request.body for passed in echo.since(0)] == [b""]


@pytest.mark.parametrize("junk", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
def test_what_is_no_request_ends_the_connection(echo: RecordingProxy, junk: bytes) -> None:
    with socket.create_connection(("127.0.0.1", echo.server_address[1]), timeout=5) as link:
        link.sendall(junk)
        assert link.recv(10) == b""


def test_an_endpoint_that_is_away_ends_the_connection() -> None:
    with (
        RecordingProxy("http://127.0.0.1:1").running() as away,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.get(f"{away.url}/meta")


ASKED = {"texts": ["a red circle"]}
ANSWER = json.dumps({"textVectors": [[1, 2]], "imageVectors": []}).encode()
ORIGIN = "http://host:8080"


def passed(body: bytes, status: int = 200, **headers: str) -> Passed:
    """A recorded request for one text, with the given response."""
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
