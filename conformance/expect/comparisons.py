"""Assertions that compare vectors; a failure shows both sides.

A model with low precision gives an item slightly different vectors in requests of different sizes.
If two vectors differ by more than the tolerance, the endpoint's own noise is measured once per run.
If it explains the difference, that is a single finding about precision (VEC-24).
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from conformance.data import tolerances
from conformance.data.tolerances import Array, distance
from conformance.expect.nonconformity import (
    Cause,
    CauseKind,
    Nonconformity,
    PrerequisiteFailed,
    asked_for,
)
from conformance.expect.responses import Observation, Observations, readable, require, vectors
from conformance.transport.endpoint import META, VECTORIZE, Endpoint, Items
from conformance.transport.exchange import Exchange
from conformance.transport.go_reader import Vector

LONGEST_NAME = 60
"""Maximum length of the name of a row's item."""
USUAL = 10
"""Another row matches the item if it is within this multiple of the median distance."""
LOW = re.compile(r"\b(b?float16|[bf]p?16|half|fp8|float8|u?int[48]|quanti[sz]ed|[48].?bit)\b")
"""Words in /meta that indicate a model with low precision."""
COMPARED = 4
"""Number of items in a request that measures noise."""


@dataclass(frozen=True)
class Noise:
    """The differences between an item's vectors that are due only to arithmetic."""

    repeated: float = 0.0
    """The difference if the same request is sent again."""
    across: float = 0.0
    """The difference if the item is sent again, or alone instead of with others."""
    exchanges: tuple[Exchange, ...] = ()

    def explains(self, apart: float, limit: float) -> bool:
        """Whether noise explains a distance; `limit` is the tolerance without noise."""
        own = self.repeated if limit <= tolerances.REPEATED else self.across
        return apart <= min(tolerances.TIMES_NOISE * own, tolerances.LOW_PRECISION)


class Precision:
    """The endpoint's noise, measured when it is first needed and reported once.

    `kinds` are lists of items of one kind and size, since padding would also change vectors.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        kinds: Sequence[Items],
        tell: Callable[[Nonconformity], None],
    ) -> None:
        self._endpoint = endpoint
        self._kinds = kinds
        self._tell = tell
        self._told = False

    @cached_property
    def noise(self) -> Noise:
        """The noise, or None if low precision does not explain it. Raises TooMuch."""
        with suppress(Nonconformity):
            meta = self._endpoint.get(META).body.decode("utf-8", "replace")
            says = LOW.search(meta.lower()) is not None
            found = [self._of_kind(kind, says) for kind in self._kinds]
            worst = max(found, key=lambda noise: noise.across)
            return replace(worst, repeated=max(noise.repeated for noise in found))
        return Noise()

    def excuses(self, apart: float, limit: float) -> bool:
        """Whether vectors are further apart than `limit` only because of low precision."""
        if apart > tolerances.LOW_PRECISION or not self.noise.explains(apart, limit):
            return False
        if not self._told:
            self._told = True
            self._tell(PrerequisiteFailed.of(self.problem(apart, limit)))
        return True

    def problem(self, apart: float, limit: float = tolerances.ACROSS_REQUESTS) -> Nonconformity:
        """The finding about low precision."""
        got = f"low precision: vectors of the same item at a relative distance of {apart:.2g}"
        expected = f"within {limit:g} (as in float32, or in bfloat16 with float32 accumulation)"
        cause = Cause(CauseKind.LOW_PRECISION)
        return Nonconformity(got, expected, self.noise.exchanges, cause)

    def _of_kind(self, items: Items, says: bool) -> Noise:
        pace = self._endpoint.client.pace
        count = pace.texts(COMPARED) if items.texts else pace.images(COMPARED)
        lists = [[0, *range(start, start + count - 1)] for start in (1, 1, count)]
        first, again, others = (self._rows(items, places) for places in lists)
        alone = [self._rows(items, [place]) for place in range(count)]
        repeated = max(map(_apart, first, again))
        across = max(repeated, *map(_apart, first, joined(alone)))
        beside = _apart(first[0], others[0])
        # Noise is the same alongside other items, unless repeated requests differ too.
        shows = beside <= max(tolerances.REPEATED, 2 * repeated) or _is_bfloat16(first.vectors)
        exchanges = (first.exchanges[0], alone[0].exchanges[0])
        return Noise(repeated, across, exchanges) if says or shows else Noise()

    def _rows(self, items: Items, places: Sequence[int]) -> Observations:
        texts = [items.texts[place] for place in places if items.texts]
        images = [items.images[place] for place in places if items.images]
        exchange = self._endpoint.vectorize(texts, images)
        found = vectors(exchange, len(texts), len(images))
        return found.texts if texts else found.images


def _apart(one: Observation, other: Observation) -> float:
    return distance(one.vector, other.vector)


def _is_bfloat16(rows: Array) -> bool:
    bits = np.ascontiguousarray(rows, dtype=np.float32).view(np.uint32) + np.uint32(0x8000)
    return np.allclose((bits & np.uint32(0xFFFF0000)).view(np.float32), rows, rtol=1e-6, atol=1e-8)


precision: ContextVar[Precision | None] = ContextVar("precision", default=None)
"""The precision of the endpoint under test."""


def beyond(apart: float, limit: float) -> bool:
    """Whether two vectors are further apart than `limit`, for reasons other than low precision."""
    if apart <= limit:
        return False
    known = precision.get()
    return known is None or not known.excuses(apart, limit)


def same(
    got: Observations | Observation,
    expected: Observations | Observation,
    what: str,
    within: float = tolerances.ACROSS_REQUESTS,
    cause: CauseKind | None = None,
    names: Sequence[str] = (),
) -> None:
    """Require every row of `got` to match its row of `expected` to within a relative distance.

    The relative distance is the distance divided by the larger norm; `names` describe the rows.
    """
    got, expected = _several(got), _several(expected)
    one_dimension(got, expected)
    apart = [distance(a, b) for a, b in zip(got.vectors, expected.vectors, strict=True)]
    worst = int(np.argmax(apart)) if apart else 0
    require(
        not apart or not beyond(apart[worst], within),
        f"{_which(what, worst, len(apart), names)} has a different vector, at a relative "
        f"distance of {max(apart, default=0):.2g}",
        f"the same vector, to within a relative distance of {within:g} (1.4 means a right angle)",
        *_both(got, expected, worst),
        cause=Cause(cause) if cause else _other_order(got, expected),
    )


def _other_order(got: Observations, expected: Observations) -> Cause | None:
    """The cause of a difference if one response has all the vectors, but in a different order."""
    kind = asked_for(got.exchanges[0]) if len(got) > 1 else ""
    if kind not in ("texts", "images") or len(_unique(got.exchanges)) > 1:
        return None
    apart = tolerances.distances(got.vectors, expected.vectors)
    places = apart.argmin(axis=1).tolist()
    found = [apart[row, place] <= tolerances.ACROSS_REQUESTS for row, place in enumerate(places)]
    is_other = sorted(places) == list(range(len(got))) != places and all(found)
    return Cause(CauseKind.ORDER, kind) if is_other else None


def equal(got: Observation, expected: Observation, what: str) -> None:
    """Require two vectors to be equal, bit for bit."""
    one_dimension(_several(got), _several(expected))
    apart = float(np.max(np.abs(got.vector - expected.vector)))
    found = f"{what}: numbers that differ by up to {apart:.2g}"
    require(apart == 0, found, "equal vectors", got.exchange, expected.exchange)


def equal_at_once(got: Observation, expected: Observation, what: str) -> None:
    """Like `equal`, for one of several parallel requests: a large difference means a mix-up."""
    same(got, expected, what, cause=CauseKind.CROSSED)
    equal(got, expected, what)


def corresponding(got: Observations, expected: Observations, what: str) -> None:
    """Require that no row of `got` (n, d) matches the wrong row of `expected`.

    This tests only the order; `same` checks the distance of each row. A row that is not
    clearly closer to another item, or not as close to it as rows usually are to their own, is wrong
    in itself rather than out of order.
    """
    one_dimension(got, expected)
    apart = tolerances.distances(got.vectors, expected.vectors)
    usual = float(np.median(apart.min(axis=1))) if len(apart) else 0.0
    near = min(max(USUAL * usual, tolerances.DIFFERENT), tolerances.ACROSS_REQUESTS)
    for row, distances in enumerate(apart):
        nearest = int(np.argmin(distances))
        clearly = distances[row] / 2 > distances[nearest] + tolerances.DIFFERENT
        require(
            not (clearly and distances[nearest] <= near),
            f"{what}: row {row} (counted from 0) has the vector of item {nearest} (at a distance "
            f"of {distances[nearest]:.2g}), not its own, which is {distances[row]:.2g} away",
            "each row with the vector of its own item",
            *_both(got, expected, row),
        )


def distinct(rows: Observations, names: Sequence[str], cause: Cause | None = None) -> None:
    """Require that no two rows are the same vector; `names` describe the rows."""
    for i, j in equal_pairs(rows)[:1]:
        apart = f"distance {tolerances.distance(rows.vectors[i], rows.vectors[j]):.2g}"
        require(
            False,
            f"the same vector for {names[j]!r} and {names[i]!r} "
            f"({apart if rows.vectors[i].any() else 'all numbers are 0'})",
            "different vectors",
            *_unique((rows.exchanges[j], rows.exchanges[i])),
            cause=cause,
        )


def equal_pairs(rows: Observations) -> list[tuple[int, int]]:
    """The indices of rows that are the same vector, the larger index of each pair first."""
    apart = tolerances.distances(rows.vectors, rows.vectors)
    return [
        (i, j) for i in range(len(rows)) for j in range(i) if apart[i, j] <= tolerances.DIFFERENT
    ]


def cosines(rows: Observations, columns: Observations) -> Array:
    """Cosine similarities (n, m) of rows (n, d) with columns (m, d) of the same dimension."""
    one_dimension(rows, columns)
    return tolerances.cosines(rows.vectors, columns.vectors)


def joined(parts: Sequence[Observations | Observation]) -> Observations:
    """The rows of several responses as one (n, d); they must have the same dimension."""
    several = [_several(part) for part in parts]
    one_dimension(*several)
    if not several:
        return Observations(np.zeros((0, 0), dtype=np.float32), ())
    exchanges = tuple(each for part in several for each in part.exchanges)
    return Observations(np.concatenate([part.vectors for part in several]), exchanges)


def one_dimension(*parts: Observations) -> None:
    """Require the same dimension in all arrays; empty ones fit any dimension."""
    first: dict[int, Observations] = {}
    for part in parts:
        if len(part):
            first.setdefault(part.dimension, part)
    shown = _unique([part.exchanges[0] for part in first.values()])
    cause = Cause(CauseKind.DIMENSION)
    found = f"dimensions {' and '.join(map(str, sorted(first)))}"
    require(len(first) <= 1, found, "the same dimension for all vectors", *shown, cause=cause)


BY_VECTORS = (CauseKind.OTHER, CauseKind.ORDER, CauseKind.COMPANIONS, CauseKind.CROSSED)
"""Causes of a difference between the vectors of two requests."""


def if_changed(raised: Nonconformity, endpoint: Endpoint) -> Nonconformity:
    """The raised exception, with a better cause if its earlier request now gets other vectors."""
    before = raised.exchanges[-1]
    if raised.cause.kind not in BY_VECTORS or before is raised.exchanges[0] or not _rows(before):
        return raised
    if before.url != endpoint.client.url + VECTORIZE:  # Another container of the image, restarted.
        return raised
    now = endpoint.post(before.request_body)
    pairs = zip(_rows(before), _rows(now), strict=False)
    within = tolerances.ACROSS_REQUESTS
    if all(a.shape == b.shape and not beyond(distance(a, b), within) for a, b in pairs):
        return raised
    got = f"{raised.got}; the earlier request also gets different vectors when it is sent again"
    cause = Cause(CauseKind.CHANGED, asked_for(before))
    return type(raised)(got, raised.expected, (*raised.exchanges, now), cause)


def _rows(exchange: Exchange) -> list[Vector]:
    """The vectors of a response, if it has any that can be read and have one dimension."""
    if exchange.succeeded and exchange.method == "POST":
        with suppress(Nonconformity):
            response = readable(exchange)
            rows = [*response.text_vectors, *response.image_vectors]
            return rows if len({len(row) for row in rows}) == 1 else []
    return []


def _several(rows: Observations | Observation) -> Observations:
    if isinstance(rows, Observations):
        return rows
    return Observations(rows.vector[None], (rows.exchange,))


def _which(what: str, row: int, rows: int, names: Sequence[str]) -> str:
    if names:
        name = names[row]
        return f"{what}: {name if len(name) <= LONGEST_NAME else f'{name[:LONGEST_NAME]} …'}"
    return what if rows == 1 else f"{what}: row {row}"


def _both(got: Observations, expected: Observations, row: int) -> list[Exchange]:
    return _unique([each.exchanges[row] for each in (got, expected) if row < len(each)])


def _unique(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Each exchange once, in order."""
    return list({id(each): each for each in exchanges}.values())
