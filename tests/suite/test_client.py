"""The client limits each exchange's time and size, and resends requests as Go's client does."""

import gzip
import os
import socket
import threading
import time
from collections.abc import Callable

import pytest

from conformance.transport import client as module
from conformance.transport import exchange
from conformance.transport.client import Client, Request
from conformance.transport.exchange import FailureKind
from tests.suite.sockets import Talk, always, answer, answering, once, read, silent, talking

GET = Request("GET", "/meta")
Clients = Callable[..., Client]
MEBIBYTE = 2**20


@pytest.fixture(autouse=True)
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limit from 64 MiB to 1 MiB, with which the tests are faster."""
    monkeypatch.setattr(module, "MAX_RESPONSE", MEBIBYTE)
    monkeypatch.setattr(exchange, "MAX_RESPONSE", MEBIBYTE)


def trickle(raw: bytes) -> Talk:
    """Sends `raw` one byte at a time: each read succeeds, but the response never completes."""

    def talk(connection: socket.socket, _number: int) -> None:
        read(connection)
        for byte in raw:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    return talk


def endless(connection: socket.socket, _number: int) -> None:
    read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


@pytest.mark.parametrize(
    "talk",
    [silent, trickle(answer(b"", "X-Long: " + "x" * 2000)), trickle(answer(b" " * 2000))],
    ids=["says nothing", "trickled headers", "trickled body"],
)
def test_an_exchange_ends_in_time(client_of: Clients, talk: Talk) -> None:
    with talking(talk) as url:
        exchange = client_of(url, timeout=0.3).send(GET)
    assert str(exchange.failure) == "no complete response within 0.3 s"
    assert exchange.failed_by(FailureKind.TIMED_OUT)
    # The whole response would take 40 s.
    assert exchange.seconds < 20


@pytest.mark.parametrize(
    "talk",
    [
        endless,
        once(answer(b" " * (MEBIBYTE + 1))),
        once(answer(gzip.compress(bytes(64 * MEBIBYTE)), "Content-Encoding: gzip")),
    ],
    ids=["endless", "too long", "gzip bomb"],
)
def test_an_answer_that_is_too_large_is_a_failure(client_of: Clients, talk: Talk) -> None:
    with talking(talk) as url:
        exchange = client_of(url).send(GET)
    assert str(exchange.failure) == "the response exceeds 1 MiB"
    assert exchange.failed_by(FailureKind.TOO_LARGE)
    assert not exchange.body


def test_an_answer_at_the_bound_is_read(client_of: Clients) -> None:
    with talking(once(answer(b" " * MEBIBYTE))) as url:
        assert len(client_of(url).send(GET).body) == MEBIBYTE


@pytest.mark.parametrize("parts", [[b'{"a": 1}'], [b'{"a"', b": 1}"]], ids=["one", "two members"])
def test_gzip_is_unpacked(client_of: Clients, parts: list[bytes]) -> None:
    packed = b"".join(map(gzip.compress, parts))
    with talking(once(answer(packed, "Content-Encoding: gzip"))) as url:
        exchange = client_of(url).send(GET)
    assert exchange.json() == {"a": 1}
    assert exchange.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
    ],
    ids=["nothing", "SSH", "short body", "no number", "bad chunk", "endless headers"],
)
def test_what_is_no_answer_is_a_failure(client_of: Clients, raw: bytes) -> None:
    with talking(once(raw)) as url:
        exchange = client_of(url).send(GET)
    assert exchange.failure is not None
    assert exchange.fresh
    assert exchange.resent == 0


def close_after_first(connection: socket.socket, number: int) -> None:
    """Serves one request on the first connection, and closes the connection at the second
    request."""
    read(connection)
    connection.sendall(answer(str(number).encode()))
    read(connection)


def test_a_request_is_sent_again_where_a_kept_connection_was_closed(client_of: Clients) -> None:
    with talking(close_after_first) as url:
        client = client_of(url)
        first, second = client.send(GET), client.send(GET)
    assert (first.body, first.fresh, first.resent) == (b"1", True, 0)
    assert (second.body, second.fresh, second.resent) == (b"2", True, 1)


def close_after_two(connection: socket.socket, _number: int) -> None:
    for _ in range(2):
        read(connection)
        connection.sendall(answer())


def test_connections_closed_soon_are_counted(client_of: Clients) -> None:
    with talking(close_after_two) as url:
        client = client_of(url)
        for _ in range(4):
            client.send_all([GET, GET])
            # Each time, the older connection of the two closes after one more request.
            client.send(GET)
            time.sleep(0.05)
            client.send(GET)
            client.drop_connections()
    assert client.silent_closes + client.resends == 4


def test_a_slow_response_beside_fast_ones_closes_nothing(client_of: Clients) -> None:
    def reply(request: bytes) -> bytes:
        time.sleep(0.1 if b"slow" in request else 0)
        return answer()

    slow = Request("GET", "/slow")
    with talking(answering(reply)) as url:
        client = client_of(url)
        client.send_all([slow, GET])
        client.send_all([GET, slow])  # The newer connection becomes idle last.
        client.send(GET)
    assert client.silent_closes + client.resends == 0


def test_a_request_on_a_fresh_connection_is_not_sent_again(client_of: Clients) -> None:
    seen: list[int] = []

    def close(connection: socket.socket, number: int) -> None:
        read(connection)
        seen.append(number)

    with talking(close) as url:
        assert client_of(url).send(GET).failure
    assert seen == [1]


def test_requests_go_out_at_once_and_answers_keep_their_order(client_of: Clients) -> None:
    all_here = threading.Barrier(20)

    def together(connection: socket.socket, _number: int) -> None:
        path = read(connection).split()[1]
        all_here.wait(10)
        connection.sendall(answer(path))

    with talking(together) as url:
        seen = client_of(url).send_all([Request("GET", f"/{n}") for n in range(20)])
    assert [each.body for each in seen] == [f"/{n}".encode() for n in range(20)]


def slow(request: bytes) -> bytes:
    time.sleep(0.2)
    return answer(request.split()[1])


def test_probes_run_beside_the_work(client_of: Clients) -> None:
    with talking(answering(slow)) as url:
        probes = {Request("GET", path): 10.0 for path in ("/live", "/ready")}
        work, seen = client_of(url).run_beside([GET], probes, 60)
    assert [each.body for each in work] == [b"/meta"]
    assert [{each.body for each in some} for some in seen] == [{b"/live"}, {b"/ready"}]


@pytest.mark.parametrize("place", ["/", "http://[bad", "ftp://127.0.0.1"])
def test_a_redirect_is_not_followed(client_of: Clients, place: str) -> None:
    with talking(always(answer(b"", f"Location: {place}", status="302 Found"))) as url:
        assert client_of(url).send(GET).status == 302


def test_a_proxy_of_the_environment_is_not_asked(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setitem(os.environ, "NO_PROXY", "")
    with talking(once(answer())) as url:
        assert client_of(url).send(GET).status == 200


echo = answering(lambda request: answer(request, "Set-Cookie: a=1"))
"""Answers with the request itself, and sets a cookie."""


def test_cookies_are_not_sent_back(client_of: Clients) -> None:
    with talking(echo) as url:
        client = client_of(url)
        client.send(GET)
        assert b"cookie" not in client.send(GET).body.lower()


def test_a_path_is_appended_to_the_url_as_it_stands(client_of: Clients) -> None:
    with talking(echo) as url:
        seen = client_of(f"{url}/prefix/").send(Request("POST", "//vectorize", b"{}"))
    assert seen.body.startswith(b"POST /prefix///vectorize HTTP/1.1\r\n")


def test_the_user_of_the_url_is_sent(client_of: Clients) -> None:
    with talking(echo) as url:
        seen = client_of(url.replace("//", "//user:secret@")).send(GET)
    assert b"authorization: basic dxnlcjpzzwnyzxq=" in seen.body.lower()


def test_listeners_hear_every_exchange(client_of: Clients) -> None:
    heard: list[int] = []
    with talking(echo) as url:
        client = client_of(url)
        client.listeners.append(lambda exchanges: heard.append(len(exchanges)))
        client.send(GET)
        client.send_all([GET, GET])
    assert heard == [1, 2]


def test_responses_to_requests_in_turn_are_in_the_order_of_the_requests(
    client_of: Clients,
) -> None:
    work = [Request("POST", "/vectorize", b"%d" % number) for number in range(7)]
    with talking(echo) as url:
        done, _ = client_of(url).run_beside(work, {GET: 1}, 1, callers=3)
    assert [each.request_body for each in done] == [each.body for each in work]
    assert all(each.in_parallel for each in done)


def test_timeouts_are_counted(client_of: Clients) -> None:
    with talking(silent) as url:
        client = client_of(url, 0.2)
        client.send_all([GET, Request("POST", "/vectorize", b"{}")])
    assert len(client.late) == 1
    assert client.endpoint_seconds > 0.1


def test_a_client_whose_request_was_interrupted_can_be_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    client = Client("http://127.0.0.1:9", 5)
    monkeypatch.setattr(client, "_exchange", interrupted)
    with pytest.raises(KeyboardInterrupt):
        client.send(Request("GET", "/meta"))
    client.close()
