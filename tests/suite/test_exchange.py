"""How an exchange is displayed: the curl command repeats the request, and passwords are hidden."""

import socket
import subprocess
from pathlib import Path

import pytest

from conformance.transport.exchange import SHOWN_BODY, Exchange, without_password
from tests.suite.sockets import keep, read, talking

JSON = (("Content-Type", "application/json"),)


def repeat(exchange: Exchange, body_file: Path | None = None) -> None:
    line = exchange.curl(str(body_file) if body_file else None)
    subprocess.run(line, shell=True, check=True, timeout=20, capture_output=True)


@pytest.mark.parametrize(
    "body",
    [
        b'{"texts": ["a"]}',
        '{"texts": ["it\'s \\"赤い\\" $(false) `false`!"]}'.encode(),
        b"@/etc/hostname",
        b"one\ntwo\r\n",
    ],
    ids=["plain", "quotes", "at sign", "line feeds"],
)
def test_the_curl_line_sends_the_same_body(body: bytes) -> None:
    seen: list[bytes] = []
    with talking(keep(seen)) as url:
        repeat(Exchange("POST", f"{url}/vectorize", JSON, body))
    head, _, sent = seen[0].partition(b"\r\n\r\n")
    assert sent == body
    assert head.startswith(b"POST /vectorize HTTP/1.1")
    assert b"\r\nContent-Type: application/json" in head


def test_the_curl_line_sends_a_kept_file(tmp_path: Path) -> None:
    body = tmp_path / "it's a body.json"
    body.write_bytes(b'{"images": ["' + b"A" * 100_000 + b'"]}')
    seen: list[bytes] = []
    with talking(keep(seen)) as url:
        repeat(Exchange("POST", f"{url}/vectorize", JSON, body.read_bytes()), body)
    assert seen[0].endswith(b"\r\n\r\n" + body.read_bytes())


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_request_without_a_body_is_repeated_without_one(method: str) -> None:
    seen: list[bytes] = []

    def refuse(connection: socket.socket, _number: int) -> None:
        seen.append(read(connection))
        body = b"" if method == "HEAD" else bytes(31)
        connection.sendall(b"HTTP/1.1 405 No\r\nContent-Length: 31\r\n\r\n" + body)

    with talking(refuse) as url:
        repeat(Exchange(method, f"{url}/meta"))
    assert seen[0].startswith(f"{method} /meta HTTP/1.1".encode())
    assert seen[0].endswith(b"\r\n\r\n")


@pytest.mark.parametrize("body", [b"x" * 10_000, b"\xff\xfe"], ids=["long", "no text"])
def test_a_body_that_a_line_cannot_hold_is_marked(body: bytes) -> None:
    line = Exchange("POST", "http://h/vectorize", JSON, body).curl()
    assert len(line) < SHOWN_BODY + 300
    assert f"{len(body)} bytes; --report DIR keeps them" in line


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h:80/x", "http://h:80/x"),
        ("http://user:secret@h:80/x", "http://***@h:80/x"),
        ("http://secret@h", "http://***@h"),
        ("http://user:sec@ret@h/@", "http://***@h/@"),
        ("https://user:secret@[::1]:80", "https://***@[::1]:80"),
    ],
)
def test_user_information_is_masked(url: str, shown: str) -> None:
    assert without_password(url) == shown
    assert "secret" not in Exchange("GET", url).curl()


def test_a_summary_is_short_and_says_what_came() -> None:
    exchange = Exchange(
        "GET", "http://h", status=500, headers={"content-type": "text/html"}, body=b"<p>" * 1000
    )
    assert exchange.summary().startswith("status 500, text/html, 3000 bytes: <p><p>")
    assert len(exchange.summary()) < 400
    assert Exchange("GET", "http://h", status=500, body=b"{}\n").summary().endswith("3 bytes: {}")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_none(body: bytes) -> None:
    assert Exchange("GET", "http://h", body=body).json() is None
