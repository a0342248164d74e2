"""The exception that is raised when a clause is not met, with the cause of the failure.

Many clauses can detect the same defect. Two failures count as the same if they have the same cause:
the kind of thing that is broken, and a signature of the response, such as its status and error.
"""

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from conformance.transport.exchange import Exchange, FailureKind

LONGEST_SIGNATURE = 160
TOO_MANY_REQUESTS = 429
VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|0x[0-9a-f]+|[0-9]+(?:\.[0-9]+)?|/[\w./-]+|\s+")
"""Parts that vary between messages with the same cause: quoted items, numbers, addresses, paths."""


class CauseKind(StrEnum):
    """The broken property."""

    NO_RESPONSE = "no response"
    REFUSED = "refused"
    RATE_LIMITED = "rate limited"
    REDIRECTED = "redirected"
    ENCODING = "content encoding"
    UNREADABLE = "unreadable"
    WORDLESS = "refused without words"
    """A failure without an `error` for Weaviate to show."""
    ACCEPTED = "not refused"
    """An invalid request was served."""
    UNREAD = "unread"
    """A changed word does not affect the vector, regardless of its position in the text."""
    UNREAD_END = "unread end"
    """The last few words of a text within the model's limit do not affect the vector."""
    ROWS = "number of rows"
    UNASKED = "rows of the other kind"
    """A response to texts alone also has image vectors, or vice versa."""
    DIMENSION = "dimension"
    COMPANIONS = "companions"
    """An item's vector is right alone, but wrong alongside other items."""
    ORDER = "order"
    """A response has the right vectors in the wrong order."""
    CHANGED = "changed"
    """An earlier request, sent again, gets different vectors."""
    SIZE = "size"
    """Two images have the same vector at their original size, but not at the model's input size."""
    BROKEN_OFF = "broken off"
    """A response ends in the middle of its body, or is not HTTP."""
    INEXACT = "inexact"
    """Only texts with one property in common differ from the library's vectors."""
    CROSSED = "crossed"
    """An item gets a different vector during parallel requests."""
    TOO_SLOW = "too slow"
    """No response in time, from an endpoint that needs about that long."""
    LOW_PRECISION = "low precision"
    """An item's vectors differ only by the noise of low precision."""
    DEAD = "dead"
    POISONED = "poisoned"
    BY_CHANCE = "refused by chance"
    FIRST = "first refused"
    """Rejected once, as the first of its kind in the run."""
    UNANSWERED = "unanswered"
    """Requests that cannot be served get no response, while valid ones do."""
    TOO_MANY = "too many"
    """Rejected because of the number or total size of the items in a request."""
    TOO_LARGE = "body too large"
    OTHER = "other"


@dataclass(frozen=True)
class Cause:
    """`items` is the kind of items requested: texts, images, both, ready, live, or meta.

    `about` is the property of an item that causes the problem, if it is known.
    """

    kind: CauseKind = CauseKind.OTHER
    items: str = ""
    signature: str = ""
    about: str = ""


def asked_for(exchange: Exchange) -> str:
    """The kinds of items in a request, or the last part of the path for one without a body.

    Found by searching the bytes, since some bodies are deliberately not JSON.
    """
    if exchange.method == "GET":
        return urlsplit(exchange.url).path.rpartition("/")[2]
    body = exchange.request_body
    kinds = [kind for kind in ("texts", "images") if f'"{kind}"'.encode() in body]
    return " and ".join(kinds)


def response_signature(exchange: Exchange) -> str:
    """The status and the error without varying parts: equal for responses with the same cause."""
    if exchange.failure is not None:
        return str(exchange.failure.kind.value)
    return f"{exchange.status} {plain(_error(exchange))}"[:LONGEST_SIGNATURE]


def plain(message: str) -> str:
    """A message without the parts that vary between messages with the same cause."""
    return VARIES.sub(" ", message).strip()


def of_response(kind: CauseKind, exchange: Exchange) -> Cause:
    """The cause behind an incorrect response."""
    if kind in (CauseKind.WORDLESS, CauseKind.ACCEPTED):
        # A single error handler usually serves all statuses and all kinds of items.
        return Cause(kind, signature=body_shape(exchange))
    if exchange.failed_by(FailureKind.CLOSED_KEPT_CONNECTION):
        # This concerns the connection, whatever was requested over it.
        return Cause(kind, signature=response_signature(exchange))
    if kind is CauseKind.REFUSED and exchange.status == TOO_MANY_REQUESTS:
        kind = CauseKind.RATE_LIMITED
    return Cause(kind, asked_for(exchange), response_signature(exchange))


def body_shape(exchange: Exchange) -> str:
    """The form of the body regardless of its text: equal for all responses from one handler."""
    document = exchange.json()
    if isinstance(document, dict):
        return ", ".join(f"{name}: {_json_kind(document[name])}" for name in sorted(document))
    if document is not None:
        return _json_kind(document)
    start = exchange.body[:200].lstrip().lower()
    return "HTML" if start.startswith(b"<") else "no JSON" if start else "empty"


def _json_kind(value: object) -> str:
    empty = "empty " if isinstance(value, str | list | dict) and not value else ""
    return f"{empty}{type(value).__name__}"


def _error(exchange: Exchange) -> str:
    document = exchange.json()
    if isinstance(document, dict):
        return str(document.get("error") or sorted(document))
    try:
        return json.dumps(document) if document is not None else exchange.body[:200].decode()
    except UnicodeDecodeError:
        return "bytes"


class Nonconformity(AssertionError):
    """The endpoint violates the clause of the running test."""

    def __init__(
        self,
        got: str,
        expected: str,
        exchanges: tuple[Exchange, ...] = (),
        cause: Cause | None = None,
    ) -> None:
        super().__init__(f"got {got}; expected {expected}")
        self.got = got
        self.expected = expected
        self.exchanges = exchanges
        self.cause = cause or Cause()


class PrerequisiteFailed(Nonconformity):
    """A prerequisite of the running test's clause does not hold, so the clause is not judged."""

    @staticmethod
    def of(problem: Nonconformity) -> "PrerequisiteFailed":
        """The problem, as a failed prerequisite."""
        return PrerequisiteFailed(
            problem.got, problem.expected, problem.exchanges, replace(problem.cause)
        )
