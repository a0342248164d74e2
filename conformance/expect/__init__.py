"""What a check demands of an answer; a failure says what was got and what should be."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conformance.data import tolerances
from conformance.data.tolerances import Array
from conformance.expect.statuses import Nonconformity
from conformance.transport import go_reader
from conformance.transport.exchange import Exchange
from conformance.transport.go_reader import GoParseError, GoResponse

# A traceback, the address of an object, or a file of the server.
LEAKS = re.compile(r"Traceback|\bat 0x[0-9a-f]{6,}|<[\w.]+ object|File \"|/[\w.-]+/[\w./-]+\.py\b")


@dataclass(frozen=True)
class Vectors:
    """The vectors of one answer: `texts` (n, d) and `images` (m, d), float32."""

    texts: Array
    images: Array


def fail(got: str, expected: str, *exchanges: Exchange) -> Nonconformity:
    """The failure to raise: what was got, what should be, and the exchanges that show it."""
    return Nonconformity(got, expected, exchanges)


def require(condition: bool, got: str, expected: str, *exchanges: Exchange) -> None:
    """Raise unless `condition` holds."""
    if not condition:
        raise fail(got, expected, *exchanges)


def answered(exchange: Exchange) -> Exchange:
    """The exchange, which must have ended in a whole HTTP answer."""
    require(exchange.failure is None, exchange.summary(), "an answer", exchange)
    return exchange


def status(exchange: Exchange, low: int, high: int) -> Exchange:
    """The exchange, whose status must be from `low` to `high`."""
    answered(exchange)
    expected = f"a status from {low} to {high}" if low != high else f"status {low}"
    require(low <= exchange.status <= high, exchange.summary(), expected, exchange)
    return exchange


def readable(exchange: Exchange) -> GoResponse:
    """The answer as Weaviate's client reads it: JSON first, whatever the status."""
    answered(exchange)
    encoding = exchange.headers.get("content-encoding", "identity").strip().lower() or "identity"
    expected = "a JSON object that Weaviate's client can read"
    require(encoding in ("identity", "gzip"), f"Content-Encoding {encoding}", expected, exchange)
    try:
        return go_reader.read(exchange.status, exchange.body)
    except GoParseError as problem:
        raise fail(f"{problem}; {exchange.summary()}", expected, exchange) from None


def vectors(exchange: Exchange, texts: int, images: int) -> Vectors:
    """The vectors of a successful answer: so many rows of each kind, of one width, all finite."""
    answer = readable(exchange)
    wanted = f"status 200 with {texts} textVectors and {images} imageVectors"
    require(200 <= exchange.status <= 299, exchange.summary(), wanted, exchange)
    got = len(answer.text_vectors), len(answer.image_vectors)
    require(
        got == (texts, images), f"{got[0]} textVectors and {got[1]} imageVectors", wanted, exchange
    )
    widths = sorted({len(row) for row in answer.text_vectors + answer.image_vectors})
    expected = "one width, above 0, for all vectors of an answer"
    require(len(widths) <= 1 and 0 not in widths, f"widths {widths}", expected, exchange)
    _no_nulls(exchange)
    width = widths[0] if widths else 0
    return Vectors(_matrix(answer.text_vectors, width), _matrix(answer.image_vectors, width))


def refusal(exchange: Exchange) -> str:
    """The error text of a failure: status above 399, JSON, a string that is not empty."""
    answer = readable(exchange)
    expected = "a status above 399 and a JSON object with a non-empty string `error`"
    ok = exchange.status > 399 and bool(answer.error.strip())
    require(ok, exchange.summary(), expected, exchange)
    return answer.error


def same(
    got: Array,
    wanted: Array,
    what: str,
    *exchanges: Exchange,
    within: float = tolerances.ACROSS_REQUESTS,
) -> None:
    """Every row of `got` is the row of `wanted` within a relative distance."""
    require(got.shape == wanted.shape, f"shape {got.shape}", f"shape {wanted.shape}", *exchanges)
    apart = [tolerances.distance(a, b) for a, b in zip(got, wanted, strict=True)]
    worst = int(np.argmax(apart)) if apart else 0
    require(
        not apart or apart[worst] <= within,
        f"{what}: row {worst} is off by {max(apart, default=0):.2g} of its norm",
        f"the same vector within {within:g} of its norm",
        *exchanges,
    )


def stacked(rows: Sequence[Array]) -> Array:
    """Vectors of several answers as one array (n, d); they must have one width."""
    widths = sorted({len(row) for row in rows})
    require(len(widths) == 1, f"widths {widths}", "one width in all answers")
    return np.stack(rows)


def cosines(rows: Array, columns: Array) -> Array:
    """Cosine similarity of rows (n, d) with columns (m, d): (n, m); they must have one width."""
    widths = rows.shape[1], columns.shape[1]
    require(widths[0] == widths[1], f"widths {widths[0]} and {widths[1]}", "one width")
    return tolerances.cosines(rows, columns)


def distinct(rows: Array, names: Sequence[str], *exchanges: Exchange) -> None:
    """No two rows are the same vector; `names` say what each stands for."""
    for i in range(len(rows)):
        for j in range(i):
            apart = tolerances.distance(rows[i], rows[j])
            require(
                apart > tolerances.DIFFERENT,
                f"the same vector for {names[j]!r} and {names[i]!r} (distance {apart:.2g})",
                "different vectors",
                *exchanges,
            )


def _matrix(rows: Sequence[Array], width: int) -> Array:
    return np.stack(rows) if rows else np.zeros((0, width), dtype=np.float32)


def _no_nulls(exchange: Exchange) -> None:
    """Go reads a null in a row as 0 without a word, so the raw rows are looked at as well."""
    if b"null" not in exchange.body:
        return
    document = json.loads(exchange.body)
    lists = [document.get(kind) or [] for kind in ("textVectors", "imageVectors")]
    whole = all(None not in row for rows in lists for row in rows)
    require(whole, "null inside a vector", "numbers only", exchange)
