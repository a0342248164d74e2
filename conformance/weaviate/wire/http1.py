"""HTTP/1.1 messages as bytes: where one ends, so that it can be passed on untouched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MAX_HEAD = 64 * 1024
MAX_BODY = 256 * 2**20
"""Bytes; far above the 64 MiB that the suite itself would read."""

MAX_INTERIM = 5
"""More than any server sends; Go's net/http bounds them too."""
BODILESS = {204, 304}


class Stream(Protocol):
    """What messages are read from: a socket's file, or bytes in memory."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer at the end."""

    def readline(self, size: int, /) -> bytes:
        """The next line, of at most so many bytes."""


class BadMessage(ValueError):
    """What came is no HTTP/1.1 message, is too large or breaks off."""


@dataclass(frozen=True)
class Message:
    """One request or response: its first line, its headers in order, its body as it was framed."""

    start: str
    headers: tuple[tuple[str, str], ...]
    framed: bytes
    body: bytes
    """The body without its chunks' sizes."""
    closes: bool = False
    """Whether the end of the connection is the end of the body."""

    def header(self, name: str) -> str:
        """The last header of that name, whatever its capitals; empty without one."""
        return {key.lower(): value for key, value in self.headers}.get(name, "")

    @property
    def interim(self) -> bool:
        """Whether the final response is still to come."""
        status = self.start.split(" ")[1]
        return status.startswith("1") and status != "101"

    @property
    def last(self) -> bool:
        """Whether the connection ends after this message."""
        wish = self.header("connection").lower()
        old = self.start.startswith("HTTP/1.0") and wish != "keep-alive"
        return self.closes or old or wish == "close"

    def rendered(self) -> bytes:
        """The bytes to send."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + self.framed


def read_request(stream: Stream) -> Message | None:
    """The next request; None where the connection ends before it. Raises BadMessage."""
    return _read(stream, lambda headers, start: _request_body(stream, headers, start))


def read_response(stream: Stream) -> Message | None:
    """The next final response; None where the connection ends before it. Raises BadMessage.

    Interim responses (100 Continue, 103 Early Hints) are read over, as Go's net/http does.
    """
    for _ in range(MAX_INTERIM):
        response = _read(stream, lambda headers, start: _response_body(stream, headers, start))
        if response is None or not response.interim:
            return response
    raise BadMessage(f"more than {MAX_INTERIM} interim responses")


Framed = tuple[bytes, bytes, bool]


def _read(stream: Stream, body: Callable[[dict[str, str], str], Framed]) -> Message | None:
    lines = _head(stream)
    if not lines:
        return None
    pairs = tuple(_pair(line) for line in lines[1:])
    headers = {name.lower(): value for name, value in pairs}
    framed, plain, closes = body(headers, lines[0])
    return Message(lines[0], pairs, framed, plain, closes)


def _head(stream: Stream) -> list[str]:
    lines: list[str] = []
    size = 0
    while True:
        line = stream.readline(MAX_HEAD)
        size += len(line)
        if not line and not lines:
            return []
        if not line.endswith(b"\n") or size > MAX_HEAD:
            raise BadMessage("the head breaks off or is too large")
        if not line.strip():
            return lines
        lines.append(line.rstrip(b"\r\n").decode("latin-1"))


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _request_body(stream: Stream, headers: dict[str, str], start: str) -> Framed:
    if len(start.split(" ")) != 3:
        raise BadMessage(f"no request line: {start[:80]!r}")
    return _body(stream, headers)


def _response_body(stream: Stream, headers: dict[str, str], start: str) -> Framed:
    parts = start.split(" ", 2)
    if len(parts) < 2 or not parts[1].isdigit():
        raise BadMessage(f"no status line: {start[:80]!r}")
    if int(parts[1]) in BODILESS or parts[1].startswith("1"):
        return b"", b"", False
    if "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower():
        return _body(stream, headers)
    rest = stream.read(MAX_BODY + 1)
    if len(rest) > MAX_BODY:
        raise BadMessage("the body is too large")
    return rest, rest, True


def _body(stream: Stream, headers: dict[str, str]) -> Framed:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        framed, plain = _chunks(stream)
        return framed, plain, False
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        raise BadMessage(f"Content-Length {length[:20]!r}")
    body = _exactly(stream, int(length))
    return body, body, False


def _chunks(stream: Stream) -> tuple[bytes, bytes]:
    framed, plain = bytearray(), bytearray()
    while len(framed) <= MAX_BODY:
        line = stream.readline(MAX_HEAD)
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError as problem:
            raise BadMessage("the chunks break off") from problem
        framed += line
        if size == 0:
            return bytes(framed + _trailer(stream)), bytes(plain)
        chunk = _exactly(stream, size + 2)
        framed += chunk
        plain += chunk[:-2]
    raise BadMessage("the body is too large")


def _trailer(stream: Stream) -> bytes:
    lines = bytearray()
    while line := stream.readline(MAX_HEAD):
        lines += line
        if not line.strip():
            return bytes(lines)
    raise BadMessage("the chunks break off")


def _exactly(stream: Stream, size: int) -> bytes:
    if size > MAX_BODY:
        raise BadMessage("the body is too large")
    data = stream.read(size)
    if len(data) < size:
        raise BadMessage("the body breaks off")
    return data
