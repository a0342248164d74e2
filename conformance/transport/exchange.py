"""One request and what came of it, and the curl line that repeats it."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from conformance.transport.failures import Failure, FailureKind

SHOWN_BODY = 2_000
"""Characters of a request body that a curl line holds; longer ones are cut and marked so."""
SHOWN_RESPONSE = 300


def without_password(url: str) -> str:
    """The URL with its user information masked, fit for reports."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; `failure` says what went wrong on the wire, if anything did."""

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = field(default=b"", repr=False)
    status: int = 0
    version: str = "HTTP/1.1"
    """The answer's."""
    headers: dict[str, str] = field(default_factory=dict)
    """Answer headers by lower-case name; repeated ones joined by a comma."""
    body: bytes = field(default=b"", repr=False)
    """Answer body, decoded where it was gzip."""
    seconds: float = 0.0
    failure: Failure | None = None
    fresh: bool = True
    """Whether a connection was opened for it; otherwise a kept one was used."""
    resent: int = 0
    """How often the request was sent again because a kept connection turned out to be closed."""

    def failed_by(self, kind: FailureKind) -> bool:
        """Whether this is what kept the response from coming."""
        return self.failure is not None and self.failure.kind is kind

    @property
    def announces_close(self) -> bool:
        """Whether the answer says that the connection ends with it (RFC 9112, 9.6)."""
        wish = self.headers.get("connection", "").lower()
        unframed = not {"content-length", "transfer-encoding"} & self.headers.keys()
        old = self.version == "HTTP/1.0" and "keep-alive" not in wish
        return "close" in wish or old or (unframed and bool(self.body))

    def to_plain(self) -> dict[str, Any]:
        """Builtin values only, fit for another process."""
        plain = asdict(self)
        if self.failure is not None:
            plain["failure"] = {"kind": str(self.failure.kind.value), "message": str(self.failure)}
        return plain

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "Exchange":
        """The exchange that `to_plain` took apart."""
        headers = tuple((name, value) for name, value in plain["request_headers"])
        failed = plain["failure"]
        failure = Failure(FailureKind(failed["kind"]), failed["message"]) if failed else None
        return Exchange(**{**plain, "request_headers": headers, "failure": failure})

    def json(self) -> object:
        """The body as Python's reader takes it, or None where it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def summary(self) -> str:
        """The answer in one line."""
        if self.failure:
            return self.failure.message
        text = self.body.decode("utf-8", "replace")
        shown = text if len(text) <= SHOWN_RESPONSE else text[:SHOWN_RESPONSE] + " …"
        kind = self.headers.get("content-type", "no content type")
        return f"status {self.status}, {kind}, {len(self.body)} bytes: {shown or '(empty)'}"

    def asked(self) -> str:
        """What was asked for, in a few words."""
        try:
            body = json.loads(self.request_body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return f"{self.method} {urlsplit(self.url).path}"
        lists = [(kind, body[kind]) for kind in ("texts", "images") if body.get(kind)]
        counts = [_counted(kind, items) for kind, items in lists if isinstance(items, list)]
        return f"{self.method} of {' and '.join(counts) or 'nothing'}"

    def curl(self, body_file: str | None = None) -> str:
        """A shell line that sends the request again, its body from `body_file` where given."""
        # With -X HEAD curl would wait for the body that the headers announce.
        method = ["-I"] if self.method == "HEAD" else ["-i", "-X", self.method]
        words = ["curl", "-sS", *method, without_password(self.url)]
        for name, value in self.request_headers:
            words += ["-H", f"{name}: {value}"]
        if self.request_body:
            kept = ["--data-binary", f"@{body_file}"]
            # --data-raw sends a body that begins with @ as it is.
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
