"""The raw client: what it writes, how it reads responses, and how it disconnects."""

import gzip
import socket
import threading

import pytest

from conformance.transport.exchange import Exchange, FailureKind
from conformance.transport.raw_caller import RawCaller
from tests.suite.sockets import always, answer, once, read, silent, talking

GET = Exchange("GET", "http://-/live")
HEAD = Exchange("HEAD", "http://-/live")


def test_a_second_request_goes_over_the_same_connection() -> None:
    with talking(always(answer(b"{}"))) as url, RawCaller(url, 5) as caller:
        for _ in range(2):
            caller.write(caller.head("GET", "/live", {}))
            assert caller.read(GET).status == 200


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}", mtime=0),
    ],
)
def test_every_framing_of_http_is_read(reply: bytes) -> None:
    with talking(once(reply)) as url, RawCaller(url, 5) as caller:
        caller.write(caller.head("GET", "/live", {}))
        got = caller.read(GET)
    assert (got.failure, got.body) == (None, b"{}")


def test_a_continue_before_the_answer_is_read_over() -> None:
    reply = b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"{}")
    with talking(always(reply)) as url, RawCaller(url, 5) as caller:
        caller.write(caller.head("GET", "/live", {}))
        assert caller.has_answer(5)
        assert caller.read(GET).status == 200


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (b"", FailureKind.INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", FailureKind.BROKEN_OFF),
        (b"no HTTP\r\n\r\n", FailureKind.BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\nContent-Le", FailureKind.INCOMPLETE),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 9, FailureKind.INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", FailureKind.BROKEN_OFF),
        (answer(b"no gzip", "Content-Encoding: gzip"), FailureKind.BROKEN_GZIP),
    ],
)
def test_a_broken_answer_is_a_failure(reply: bytes, kind: FailureKind) -> None:
    with talking(once(reply)) as url, RawCaller(url, 5) as caller:
        caller.write(caller.head("GET", "/live", {}))
        assert caller.read(GET).failed_by(kind)


def test_silence_is_a_time_out() -> None:
    with talking(silent) as url, RawCaller(url, 0.2) as caller:
        caller.write(caller.head("GET", "/live", {}))
        assert caller.read(GET).failed_by(FailureKind.TIMED_OUT)


def test_a_closed_port_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with RawCaller(f"http://127.0.0.1:{port}", 5) as caller:
        caller.write(b"anything")
        assert caller.read(GET).failed_by(FailureKind.NO_CONNECTION)


@pytest.mark.parametrize("reset", [False, True])
def test_who_hangs_up_is_gone(reset: bool) -> None:
    seen: list[bytes | str] = []
    done = threading.Event()

    def talk(connection: socket.socket, _number: int) -> None:
        try:
            seen.append(connection.recv(9))
            seen.append(connection.recv(9))
        except ConnectionResetError:
            seen.append("reset")
        done.set()

    with talking(talk) as url:
        caller = RawCaller(url, 5)
        caller.write(b"half")
        threading.Event().wait(0.05)
        caller.hang_up(reset)
        assert done.wait(10)
    assert seen[-1] == ("reset" if reset else b"")


def test_the_head_names_host_path_and_credentials() -> None:
    def talk(connection: socket.socket, _number: int) -> None:
        connection.sendall(answer(read(connection).hex().encode()))

    with talking(talk) as url, RawCaller(url.replace("//", "//a:b@") + "/clip", 5) as caller:
        caller.write(caller.head("GET", "/live", {"X-A": "b"}))
        lines = bytes.fromhex(caller.read(GET).body.decode()).decode().split("\r\n")
    assert lines[0] == "GET /clip/live HTTP/1.1"
    assert lines[1].startswith("Host: 127.0.0.1:")
    assert {"Authorization: Basic YTpi", "X-A: b"} <= set(lines)
