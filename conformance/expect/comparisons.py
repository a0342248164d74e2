"""Assertions that compare vectors; a failure shows both sides."""

from collections.abc import Sequence

import numpy as np

from conformance.data import tolerances
from conformance.data.tolerances import Array, distance
from conformance.expect.nonconformity import Cause, CauseKind
from conformance.expect.responses import Observation, Observations, require
from conformance.transport.exchange import Exchange

LONGEST_NAME = 60
"""Maximum length of the name of a row's item."""
USUAL = 10
"""Another row matches the item if it is within this multiple of the median distance."""


def same(
    got: Observations | Observation,
    expected: Observations | Observation,
    what: str,
    within: float = tolerances.ACROSS_REQUESTS,
    cause: CauseKind | None = None,
    names: Sequence[str] = (),
) -> None:
    """Require every row of `got` to match its row of `expected` within a relative distance.

    That is the distance of the two over the larger norm; `names` describe the rows.
    """
    got, expected = _several(got), _several(expected)
    one_dimension(got, expected)
    apart = [distance(a, b) for a, b in zip(got.vectors, expected.vectors, strict=True)]
    worst = int(np.argmax(apart)) if apart else 0
    require(
        not apart or apart[worst] <= within,
        f"{_which(what, worst, len(apart), names)} has a different vector, at a relative "
        f"distance of {max(apart, default=0):.2g}",
        f"the same vector, within a relative distance of {within:g} (1.4 is a right angle)",
        *_both(got, expected, worst),
        cause=cause and Cause(cause),
    )


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

    That is a test of the order only; `same` judges the distance of each row. A row that is not
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


def distinct(rows: Observations, names: Sequence[str]) -> None:
    """Require that no two rows are the same vector; `names` describe the rows."""
    apart = tolerances.distances(rows.vectors, rows.vectors)
    for i in range(len(rows)):
        for j in range(i):
            require(
                bool(apart[i, j] > tolerances.DIFFERENT),
                f"the same vector for {names[j]!r} and {names[i]!r} (distance {apart[i, j]:.2g})",
                "different vectors",
                *_unique((rows.exchanges[j], rows.exchanges[i])),
            )


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
    """Require the same dimension in all of them; empty ones fit any dimension."""
    first: dict[int, Observations] = {}
    for part in parts:
        if len(part):
            first.setdefault(part.dimension, part)
    shown = _unique([part.exchanges[0] for part in first.values()])
    cause = Cause(CauseKind.DIMENSION)
    found = f"dimensions {' and '.join(map(str, sorted(first)))}"
    require(len(first) <= 1, found, "the same dimension for all vectors", *shown, cause=cause)


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
