"""A request with its response or failure, and the curl command that repeats it."""

import json
import re
import shlex
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

import httpx

SHOWN_BODY = 2_000
"""Characters of a request body in a curl command; longer bodies are shortened and marked."""
SHOWN_RESPONSE = 300
BEGUN = re.compile("complete message body|chunk|Content-Length|illegal|no response line")
"""Found in h11's messages about a response that has begun."""
MAX_RESPONSE = 64 * 2**20
"""Bytes; 256 vectors of 4,096 numbers with 25 characters each take 27 MB."""


class FailureKind(StrEnum):
    """Why there was no complete response."""

    NO_CONNECTION = "no connection"
    TIMED_OUT = "timed out"
    CLOSED_KEPT_CONNECTION = "kept connection closed"
    """The peer closed a keep-alive connection after a request was sent on it."""
    INCOMPLETE = "incomplete"
    """The connection was interrupted before the response's body."""
    BROKEN_OFF = "broken off"
    """The connection was closed in the middle of the response's body, or the response is not
    HTTP."""
    TOO_LARGE = "too large"
    BROKEN_GZIP = "broken gzip"


@dataclass(frozen=True)
class Failure:
    """A failed exchange; `message` is a human-readable line."""

    kind: FailureKind
    message: str

    def __str__(self) -> str:
        return self.message


CLOSED = Failure(FailureKind.INCOMPLETE, "the connection was closed without a response")


def without_password(url: str) -> str:
    """The URL with its user information masked, for reports."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))


@dataclass(frozen=True)
class Exchange:
    """A request and its response; `failure` describes a problem on the wire, if any."""

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = field(default=b"", repr=False)
    status: int = 0
    version: str = "HTTP/1.1"
    """The response's HTTP version."""
    headers: dict[str, str] = field(default_factory=dict)
    """Response headers by lowercase name; repeated ones are joined by a comma."""
    body: bytes = field(default=b"", repr=False)
    """The response body, with gzip decoded."""
    seconds: float = 0.0
    failure: Failure | None = None
    fresh: bool = True
    """Whether a new connection was opened for it."""
    resent: int = 0
    """How often the request was sent again because a keep-alive connection had been closed."""
    in_parallel: bool = False
    """Whether other requests were sent at the same time."""

    def failed_by(self, kind: FailureKind) -> bool:
        """Whether this kind of failure prevented the response."""
        return self.failure is not None and self.failure.kind is kind

    @property
    def succeeded(self) -> bool:
        """Whether there was a complete response with a 2xx status code."""
        return self.failure is None and 200 <= self.status <= 299

    @property
    def announces_close(self) -> bool:
        """Whether the response announces the end of the connection (RFC 9112, 9.6)."""
        wish = self.headers.get("connection", "").lower()
        unframed = not {"content-length", "transfer-encoding"} & self.headers.keys()
        old = self.version == "HTTP/1.0" and "keep-alive" not in wish
        return "close" in wish or old or (unframed and bool(self.body))

    def json(self) -> object:
        """The body as Python's parser reads it, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def summary(self) -> str:
        """The response in one line."""
        if self.failure:
            return self.failure.message
        text = self.body.decode("utf-8", "replace").rstrip("\n")
        shown = text if len(text) <= SHOWN_RESPONSE else text[:SHOWN_RESPONSE] + " …"
        kind = self.headers.get("content-type", "no content type")
        return f"status {self.status}, {kind}, {len(self.body)} bytes: {shown or '(empty)'}"

    def asked(self) -> str:
        """The request in a few words."""
        try:
            body = json.loads(self.request_body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return f"{self.method} {urlsplit(self.url).path}"
        lists = [(kind, body[kind]) for kind in ("texts", "images") if body.get(kind)]
        counts = [_counted(kind, items) for kind, items in lists if isinstance(items, list)]
        return f"{self.method} with {' and '.join(counts) or 'no items'}"

    def curl(self, body_file: str | None = None) -> str:
        """A shell command that sends the request again, with its body from `body_file` if given."""
        # With -X HEAD, curl would wait for the body that the headers announce.
        method = ["-I"] if self.method == "HEAD" else ["-i", "-X", self.method]
        words = ["curl", "-sS", *method, without_password(self.url)]
        for name, value in self.request_headers:
            words += ["-H", f"{name}: {value}"]
        if self.request_body:
            kept = ["--data-binary", f"@{body_file}"]
            # --data-raw sends a body that begins with @ unchanged.
            words += kept if body_file else ["--data-raw", self._shown_body()]
        return " ".join(map(shlex.quote, words))

    def _shown_body(self) -> str:
        text = self.request_body.decode("utf-8", "replace")
        whole = len(text) <= SHOWN_BODY and text.encode() == self.request_body
        if whole:
            return text
        return f"{text[:SHOWN_BODY]} … ({len(self.request_body)} bytes; --report DIR keeps them)"


def _counted(kind: str, items: Sequence[object]) -> str:
    return f"{len(items)} {kind}" if len(items) > 1 else f"1 {kind.rstrip('s')}"


def classify(problem: Exception, timeout: float, *, reused: bool) -> Failure:
    """The failure behind an exception of the HTTP client; `reused` describes the connection."""
    if isinstance(problem, TimeoutError):
        return Failure(FailureKind.TIMED_OUT, f"no complete response within {timeout:g} s")
    if isinstance(problem, TooLarge):
        return Failure(FailureKind.TOO_LARGE, f"the response exceeds {MAX_RESPONSE // 2**20} MiB")
    if isinstance(problem, zlib.error):
        return Failure(FailureKind.BROKEN_GZIP, f"the response is not valid gzip: {problem}")
    words = str(problem) or type(problem).__name__
    if isinstance(problem, httpx.ConnectError):
        return Failure(FailureKind.NO_CONNECTION, f"no connection: {words}")
    if reused and _closed_before_the_response(problem):
        message = f"the keep-alive connection was closed without a response: {words}"
        return Failure(FailureKind.CLOSED_KEPT_CONNECTION, message)
    if _is_silent(problem):
        return CLOSED
    kind = FailureKind.BROKEN_OFF if BEGUN.search(words) else FailureKind.INCOMPLETE
    return Failure(kind, f"incomplete response: {words}")


def _closed_before_the_response(problem: Exception) -> bool:
    if isinstance(problem, (httpx.ReadError, httpx.WriteError)):
        return True
    return _is_silent(problem)


def _is_silent(problem: Exception) -> bool:
    silent = "without sending a response" in str(problem)
    return isinstance(problem, httpx.RemoteProtocolError) and silent


class TooLarge(Exception):
    """The response exceeds MAX_RESPONSE bytes."""


def without_gzip(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """The body with gzip decoded, even if the request did not ask for compression.

    `headers` are by lowercase name. Raises the same errors as `inflate`.
    """
    gzipped = headers.get("content-encoding", "").strip().lower() == "gzip"
    return inflate(raw) if gzipped and raw else raw


def inflate(raw: bytes) -> bytes:
    """Decompress a gzip file with one or more members, as Go's reader does.

    Raises TooLarge, and zlib.error if it is broken or truncated.
    """
    plain = b""
    while raw:
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain += reader.decompress(raw, MAX_RESPONSE + 1 - len(plain))
        if len(plain) > MAX_RESPONSE:
            raise TooLarge
        if not reader.eof:
            raise zlib.error("the gzip stream ends early")
        raw = reader.unused_data
    return plain
