"""A hand-written HTTP/1.1 implementation, so that a faulty endpoint can violate any part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase

MAX_BODY = 48 * 2**20
"""Maximum size in bytes of a body that is kept; a longer one is read and discarded."""


class MalformedError(ValueError):
    """The client sent something that is not HTTP."""


@dataclass(frozen=True)
class Request:
    """One request; header names are lowercase, and `number` counts the server's requests from 1."""

    method: str
    target: str
    version: str = "HTTP/1.1"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    number: int = 0

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass
class Answer:
    """One answer; Content-Length and Connection are added when it is rendered."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False


def read_request(stream: BufferedIOBase, number: int = 0) -> Request | None:
    """The next request of a connection; None at its end. Raises MalformedError."""
    line = stream.readline(65536).strip()
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3:
        raise MalformedError(f"not a request line: {line[:80]!r}")
    method, target, version = parts
    headers = read_headers(stream)
    return Request(method, target, version, headers, read_body(stream, headers), number)


def read_headers(stream: BufferedIOBase) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := stream.readline(65536).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def read_body(stream: BufferedIOBase, headers: Mapping[str, str]) -> bytes:
    """The body, as delimited by its chunks or its length. Raises MalformedError."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return b"".join(iter(lambda: read_chunk(stream), b""))
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise MalformedError(f"Content-Length {length!r}")
    return stream.read(int(length)) if int(length) <= MAX_BODY else dropped(stream, int(length))


def dropped(stream: BufferedIOBase, length: int) -> bytes:
    """Read and discard a body that is too large, as far as is needed to reject it."""
    while length > 0:
        length -= len(stream.read(min(length, 2**20))) or length
    return b" " * (MAX_BODY + 1)


def read_chunk(stream: BufferedIOBase) -> bytes:
    """One chunk; empty at the end."""
    size = int(stream.readline(1024).partition(b";")[0].strip() or b"0", 16)
    data = stream.read(size)
    stream.readline(1024)
    return data


def head(answer: Answer, extra: Mapping[str, str]) -> bytes:
    """Status line and headers, with the empty line that ends them."""
    known = {status.value: status.phrase for status in HTTPStatus}
    lines = [f"HTTP/1.1 {answer.status} {known.get(answer.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in {**answer.headers, **extra}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def render(answer: Answer, request: Request) -> bytes:
    """The whole answer as it goes over the wire."""
    extra = {} if answer.status == HTTPStatus.NO_CONTENT else content_length(answer.body)
    if answer.close:
        extra["Connection"] = "close"
    silent = request.method == "HEAD" or answer.status == HTTPStatus.NO_CONTENT
    return head(answer, extra) + (b"" if silent else answer.body)


def content_length(body: bytes) -> dict[str, str]:
    """The header that announces `body`."""
    return {"Content-Length": str(len(body))}


def keeps_open(request: Request, answer: Answer) -> bool:
    wish = request.headers.get("connection", "").lower()
    if answer.close or wish == "close":
        return False
    return request.version == "HTTP/1.1" or wish == "keep-alive"
