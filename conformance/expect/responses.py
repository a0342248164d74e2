"""Assertions about a response, which return its vectors and the exchange that produced them."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from conformance.data.tolerances import Array
from conformance.expect.nonconformity import (
    Cause,
    CauseKind,
    Nonconformity,
    PrerequisiteFailed,
    of_response,
    plain,
)
from conformance.transport import go_reader
from conformance.transport.exchange import Exchange, FailureKind
from conformance.transport.go_reader import GoParseError, GoResponse, Vector

Measure = Callable[[str, float | str], None]
"""Call it with a name and a value."""
Figure = dict[str, Any]
"""The data of a heat map: ``rows`` and ``columns`` (names) and ``values`` (one list per row)."""

LEAKS = re.compile(
    r"Traceback|\bat 0x[0-9a-fA-F]{6,}|<[\w.]+ object|File \"|/[\w.-]+/[\w./-]+\.py\b"
    r"|\w\.(?:c|cc|cpp|cs|go|java|js|kt|py|rb|rs|ts):\d+"
)
"""A traceback, an object's address, or a source file on the server (its path, or a line number)."""
KINDS = ("texts", "images")
READABLE = "a JSON object that Weaviate's client can read"


@dataclass(frozen=True)
class Observation:
    """One vector (d,) and the exchange that produced it."""

    vector: Array
    exchange: Exchange


@dataclass(frozen=True)
class Observations:
    """Vectors (n, d) of one kind, and for each row the exchange that produced it."""

    vectors: Array
    exchanges: tuple[Exchange, ...]

    def __len__(self) -> int:
        return len(self.vectors)

    def __iter__(self) -> Iterator[Observation]:
        return map(Observation, self.vectors, self.exchanges)

    @overload
    def __getitem__(self, place: int) -> Observation: ...

    @overload
    def __getitem__(self, place: slice | Sequence[int]) -> "Observations": ...

    def __getitem__(self, place: int | slice | Sequence[int]) -> "Observation | Observations":
        """One observation for an index, several for a slice or a list of indices."""
        if isinstance(place, int):
            return Observation(self.vectors[place], self.exchanges[place])
        places = range(len(self))[place] if isinstance(place, slice) else place
        return Observations(self.vectors[list(places)], tuple(self.exchanges[i] for i in places))

    @property
    def dimension(self) -> int:
        """The number of components of a vector."""
        return int(self.vectors.shape[1])


@dataclass(frozen=True)
class Vectors:
    """The vectors of one response: of its texts (n, d) and of its images (m, d)."""

    texts: Observations
    images: Observations


class Dimension:
    """The dimension of a run's vectors. A response with a different one is reported once."""

    def __init__(self, url: str, tell: Callable[[Nonconformity], None]) -> None:
        """`url` is that of the endpoint under test, since a run may involve other endpoints."""
        self._url = url
        self._tell = tell
        self._first: tuple[int, Exchange] | None = None
        self._told = False

    def saw(self, dimension: int, exchange: Exchange) -> None:
        """Compare a response's dimension with that of the first response."""
        if self._told or not exchange.url.startswith(self._url):
            return
        self._first = first = self._first or (dimension, exchange)
        if dimension != first[0]:
            self._told = True
            got = f"dimensions {first[0]} and {dimension} in different responses"
            cause, shown = Cause(CauseKind.DIMENSION), (first[1], exchange)
            self._tell(PrerequisiteFailed(got, "the same dimension for all vectors", shown, cause))


dimension: ContextVar[Dimension | None] = ContextVar("dimension", default=None)
"""The dimension of the endpoint under test."""


def observed(rows: Sequence[Array], exchange: Exchange) -> Observations:
    """Rows of the same dimension, all from one response; no rows give (0, 0)."""
    matrix = np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
    return Observations(matrix, (exchange,) * len(rows))


def require(
    condition: bool,
    got: str,
    expected: str,
    *exchanges: Exchange,
    cause: Cause | CauseKind | None = None,
) -> None:
    """Raise Nonconformity unless `condition` holds; the exchanges are the evidence.

    If `cause` is only a kind, its signature is that of the first exchange.
    """
    if not condition:
        known = of_response(cause, exchanges[0]) if isinstance(cause, CauseKind) else cause
        raise Nonconformity(got, expected, exchanges, known)


def answered(exchange: Exchange) -> Exchange:
    """The exchange, which must have ended in a complete HTTP response."""
    if exchange.failure is None:
        return exchange
    got = f"{exchange.summary().rstrip('.')} (request: {exchange.asked()})"
    begun = exchange.failed_by(FailureKind.BROKEN_OFF)
    cause = of_response(CauseKind.BROKEN_OFF if begun else CauseKind.NO_RESPONSE, exchange)
    raise Nonconformity(got, "a response", (exchange,), cause)


def status(exchange: Exchange, low: int, high: int) -> Exchange:
    """The exchange, whose status code must be from `low` to `high`."""
    answered(exchange)
    expected = f"a status code from {low} to {high}" if low != high else f"status {low}"
    met = low <= exchange.status <= high
    kind = CauseKind.REFUSED if exchange.status > 399 else CauseKind.OTHER
    require(met, exchange.summary(), expected, exchange, cause=kind)
    return exchange


def content_encoding(exchange: Exchange) -> Exchange:
    """The exchange, whose content encoding must be one that Weaviate's client decodes."""
    answered(exchange)
    encoding = exchange.headers.get("content-encoding", "identity").strip().lower() or "identity"
    cause = Cause(CauseKind.ENCODING, signature=encoding)
    known = encoding in ("identity", "gzip")
    require(known, f"Content-Encoding: {encoding}", "identity or gzip", exchange, cause=cause)
    return exchange


def readable(exchange: Exchange) -> GoResponse:
    """The response as Weaviate's client reads it: JSON first, regardless of the status code."""
    content_encoding(exchange)
    try:
        return go_reader.read(exchange.status, exchange.body)
    except GoParseError as problem:
        raise _unreadable(problem, exchange, READABLE) from None


def meta_object(exchange: Exchange) -> dict[str, object]:
    """The body's JSON object, as Weaviate's client reads /meta: regardless of the status code."""
    content_encoding(exchange)
    try:
        found = go_reader.read_meta(exchange.body)
    except GoParseError as problem:
        raise _unreadable(problem, exchange, "a JSON object", "meta") from None
    is_object = exchange.body.lstrip().startswith(b"{")
    cause = Cause(CauseKind.UNREADABLE, "meta", "no object")
    require(is_object, exchange.summary(), "a JSON object", exchange, cause=cause)
    return found


def vectors(exchange: Exchange, texts: int, images: int) -> Vectors:
    """The vectors of a successful response: the given number of rows of each kind, all finite."""
    expected = f"status 200 with {texts} textVectors and {images} imageVectors"
    _succeeded(answered(exchange), expected)
    response = readable(exchange)
    _counted(response, (texts, images), expected, exchange)
    numbers_only(exchange)
    for rows in (response.text_vectors, response.image_vectors):
        _one_dimension(rows, exchange)
        if rows and (known := dimension.get()) is not None:
            known.saw(len(rows[0]), exchange)
    return Vectors(
        observed(response.text_vectors, exchange), observed(response.image_vectors, exchange)
    )


def refusal(exchange: Exchange) -> str:
    """The error text of a rejection: a 4xx or 5xx status code, JSON, and a nonempty string."""
    expected = "a 4xx or 5xx status code, and a JSON object that contains a nonempty string `error`"
    kind = CauseKind.WORDLESS if exchange.status > 399 else CauseKind.ACCEPTED
    try:
        response = readable(exchange)
    except Nonconformity as problem:
        if exchange.failure is not None:
            raise
        raise Nonconformity(
            problem.got, expected, (exchange,), of_response(kind, exchange)
        ) from None
    met = exchange.status > 399 and bool(response.error.strip())
    lacks = "" if response.error.strip() else "no string `error`; "
    require(met, f"{lacks}{exchange.summary()}", expected, exchange, cause=kind)
    return response.error


def no_leak(exchange: Exchange) -> None:
    """Require that the body has no memory addresses, tracebacks, or names of the server's files."""
    leak = LEAKS.search(answered(exchange).body.decode("utf-8", "replace"))
    got = f"{leak.group() if leak else ''!r} in {exchange.summary()}"
    require(leak is None, got, "no memory addresses, tracebacks, or file names", exchange)


def _unreadable(
    problem: GoParseError, exchange: Exchange, expected: str, items: str = ""
) -> Nonconformity:
    got = f"{problem}; {exchange.summary()}"
    cause = Cause(CauseKind.UNREADABLE, items, plain(str(problem)))
    return Nonconformity(got, expected, (exchange,), cause)


def _succeeded(exchange: Exchange, expected: str) -> None:
    # Many routers redirect //vectorize to /vectorize, which is VEC-20's matter.
    redirected = 300 <= exchange.status <= 399 and not exchange.url.endswith("//vectorize")
    kind = CauseKind.REDIRECTED if redirected else CauseKind.REFUSED
    good = 200 <= exchange.status <= 299
    require(good, exchange.summary(), expected, exchange, cause=kind)


def _counted(
    response: GoResponse, expected: tuple[int, int], words: str, exchange: Exchange
) -> None:
    lists = response.text_vectors, response.image_vectors
    got = tuple(map(len, lists))
    wrong = [kind for kind, n, m in zip(KINDS, got, expected, strict=True) if n != m]
    unasked = [kind for kind, n, m in zip(KINDS, got, expected, strict=True) if n and not m]
    cause = Cause(CauseKind.ROWS, " and ".join(wrong), "count")
    if wrong == unasked:
        cause = Cause(CauseKind.UNASKED, " and ".join(unasked), "count")
    counts = f"{got[0]} textVectors and {got[1]} imageVectors"
    require(got == expected, counts, words, exchange, cause=cause)
    empty = any(not len(row) for rows in lists for row in rows)
    cause = Cause(CauseKind.ROWS, signature="empty row")
    require(not empty, "an empty vector", words, exchange, cause=cause)


def _one_dimension(rows: list[Vector], exchange: Exchange) -> None:
    dimensions = sorted({len(row) for row in rows})
    cause = Cause(CauseKind.DIMENSION)
    one = len(dimensions) <= 1
    require(one, f"dimensions {dimensions}", "the same for all", exchange, cause=cause)


def numbers_only(exchange: Exchange) -> None:
    """Require numbers only: Go silently reads a null in a row as 0, so the raw rows are checked."""
    whole = b"null" not in exchange.body or not go_reader.holds_null(exchange.body)
    cause = Cause(CauseKind.UNREADABLE, signature="null")
    require(whole, "null inside a vector", "numbers only", exchange, cause=cause)
