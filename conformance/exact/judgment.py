"""Compare vectors with the expected ones and name the mistake that explains a deviation.

Directions and norms are checked separately, each within a limit (`fixtures/exact_limits.toml`;
docs/exact.md gives the reasons).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, Literal

import numpy as np

from conformance.data import fixture_files, tolerances
from conformance.data.tolerances import EXPLAINED, Array
from conformance.exact import items
from conformance.exact.expected import Expected, Hypothesis

SHOWN: Final = 3
"""Number of items that a message names."""
SKETCH: Final = 64
"""Length of a sketch. Distances between sketches are accurate to about 10 % (1 / sqrt(2 * 64))."""
LEFT: Final = 0.1
"""The share of the distance that may remain if the vectors are reordered."""
SEEN: Final = 2e-3
"""Mean distances below this need no explanation: float16 and faster resizing cause as much."""

Kind = Literal["text", "image"]


@dataclass(frozen=True)
class Limits:
    """Maximum distances between directions for texts and images, and the maximum ratio of norms."""

    texts: float
    images: float
    texts_precise: float
    images_precise: float
    length: float


@cache
def limits() -> Limits:
    """The limits of the EXA group."""
    table = fixture_files.toml("exact_limits.toml")
    return Limits(**{name: float(row["limit"]) for name, row in table.items()})


@dataclass(frozen=True)
class Deviation:
    """One item: the distance between the directions, and the ratio of the norms."""

    item: str
    distance: float
    length: float

    def __str__(self) -> str:
        return f"{self.item!r} by {self.distance:.2g}"


@dataclass(frozen=True)
class Judgment:
    """Whether all items are within the limit, descriptions of both sides, and the worst item."""

    good: bool
    got: str
    expected: str
    worst: Deviation | None
    common: str = ""
    """The common property of texts with a different direction, a name from `items.PROPERTIES`."""


def directions(
    expected: Expected,
    kind: Kind,
    observed: Mapping[str, Array],
    limit: float,
    others: Callable[[], Mapping[str, Array]] = dict,
) -> Judgment:
    """Check the directions of the observed items, each within `limit` of a correct answer.

    If one is not, the observed items and the `others` are used to find the likely cause.
    """
    found = deviations(observed, _answers(expected, kind))
    far = [each for each in found if not each.distance <= _bar(expected, each.item, limit)]
    seen = {**others(), **observed} if far else observed
    fit = best_fit(expected, kind, seen) if far else None
    shown = ", ".join(map(str, far[:SHOWN]))
    got = f"{len(far)} of {len(found)} {kind} vectors point in a different direction: {shown}"
    unexplained = (
        "; no known mistake explains it" if far and any(expected.hypotheses.values()) else ""
    )
    because = f"; {fit}" if fit else unexplained
    wanted = f"the direction of {expected.origin} within {limit:g} (docs/exact.md)"
    worst, common = found[0] if found else None, in_common(expected, seen) if far else ""
    return Judgment(not far, got + because, wanted, worst, common)


def _bar(expected: Expected, item: str, limit: float) -> float:
    """The item's own limit, at most `tolerances.WIDEST`, if it is wider than the general one."""
    return max(limit, min(expected.bars.get(item, 0), tolerances.WIDEST))


def in_common(expected: Expected, seen: Mapping[str, Array]) -> str:
    """The property shared by all deviating texts, if at least half of the texts with it deviate."""
    far = {
        each.item
        for each in deviations(seen, single(expected.texts))
        if not each.distance <= limits().texts
    }
    fitting = []
    for name, has in items.PROPERTIES.items():
        own = {item for item, text in items.texts().items() if has(text)}
        if far and far <= own and 2 * len(far) >= len(own):
            fitting.append(name)
    return fitting[0] if len(fitting) == 1 else ""


def lengths(
    expected: Expected, kind: Kind, observed: Mapping[str, Array], limit: float
) -> Judgment:
    """Check the norms of the vectors, each within `limit` (a ratio) of the library's norm."""
    found = deviations(observed, _answers(expected, kind))
    far = [each for each in found if not abs(each.length - 1) <= limit]
    shown = ", ".join(f"{each.item!r} by a factor of {each.length:.3g}" for each in far[:SHOWN])
    got = f"{len(far)} of {len(found)} {kind} vectors have a different norm: {shown}"
    wanted = f"the norm of {expected.origin} within {limit:.0%}"
    worst = max(found, key=lambda each: abs(each.length - 1), default=None)
    return Judgment(not far, got, wanted, worst)


def _answers(expected: Expected, kind: Kind) -> Mapping[str, tuple[Array, ...]]:
    return single(expected.texts) if kind == "text" else expected.images


def deviations(
    observed: Mapping[str, Array], expected: Mapping[str, tuple[Array, ...]]
) -> list[Deviation]:
    """The deviation of every observed known item, worst first; the nearest correct answer counts.

    Vectors have shape (d,). Raises ValueError if dimensions differ.
    """
    found = [
        _deviation(name, vector, expected[name])
        for name, vector in observed.items()
        if name in expected
    ]
    return sorted(found, key=lambda each: each.distance, reverse=True)


def single(expected: Mapping[str, Array]) -> dict[str, tuple[Array, ...]]:
    """Items with one correct answer each, in the form that `deviations` takes."""
    return {name: (vector,) for name, vector in expected.items()}


def _deviation(name: str, vector: Array, answers: tuple[Array, ...]) -> Deviation:
    nearest = min(answers, key=lambda answer: apart(vector, answer))
    norms = float(np.linalg.norm(vector)), float(np.linalg.norm(nearest))
    return Deviation(name, apart(vector, nearest), norms[0] / norms[1] if norms[1] else 0.0)


@dataclass(frozen=True)
class Fit:
    """`cause` completes "as if …"; `before` and `after` are mean distances over the tried items."""

    cause: str
    before: float
    after: float

    def __str__(self) -> str:
        return f"as if {self.cause}: distance {self.after:.2g} instead of {self.before:.2g}"


def best_fit(expected: Expected, kind: Kind, observed: Mapping[str, Array]) -> Fit | None:
    """The mistake that explains most of the distance, or None if none explains it.

    `observed` may contain any of the items, vectors of shape (d,) by name.
    """
    right = _right(expected, kind)
    seen = {name: vector for name, vector in observed.items() if name in right}
    moves = {name: sketch(unit(vector) - unit(right[name])) for name, vector in seen.items()}
    fits = [_tried(each, kind, moves) for each in expected.hypotheses.get(kind, ())]
    fits.append(_other_items(right, seen))
    limit = limits().texts if kind == "text" else limits().images
    found = [fit for fit in fits if fit is not None and fit.after <= EXPLAINED * fit.before]
    good = [fit for fit in found if fit.after <= limit]
    return min(good, key=lambda fit: fit.after / fit.before, default=None)


def _right(expected: Expected, kind: Kind) -> dict[str, Array]:
    if kind == "text":
        return dict(expected.texts)
    return {name: answers[0] for name, answers in expected.images.items()}


def _tried(hypothesis: Hypothesis, kind: Kind, moves: Mapping[str, Array]) -> Fit | None:
    """Try a hypothesis on the diagnostic items, including those that did not change."""
    tried = [name for name in items.diagnostic(kind, list(hypothesis.moved)) if name in moves]
    still = np.zeros_like(next(iter(moves.values()), np.zeros(0)))
    before = [float(np.linalg.norm(moves[name])) for name in tried]
    after = [
        float(np.linalg.norm(moves[name] - hypothesis.moved.get(name, still))) for name in tried
    ]
    return _fit(hypothesis.name, before, after)


def _other_items(right: Mapping[str, Array], seen: Mapping[str, Array]) -> Fit | None:
    """Check whether the vectors are in a different order: each is that of some other item.

    If so, almost none of the distance remains. Vectors that only come closer to those of similar
    items, as after different resampling, are not reordered.
    """
    far = {name: apart(vector, right[name]) for name, vector in seen.items()}
    moved = [name for name, distance in far.items() if distance > SEEN]
    if len(moved) < 2:
        return None
    nearest = [min(apart(seen[name], other) for other in right.values()) for name in moved]
    fit = _fit("the vectors were in a different order", [far[name] for name in moved], nearest)
    return fit if fit is not None and fit.after <= LEFT * fit.before else None


def _fit(cause: str, before: Sequence[float], after: Sequence[float]) -> Fit | None:
    if not before or float(np.mean(before)) < SEEN:
        return None
    return Fit(cause, float(np.mean(before)), float(np.mean(after)))


def unit(vector: Array) -> Array:
    """The vector's direction, of unit norm; a zero vector stays zero."""
    norm = float(np.linalg.norm(vector))
    direction: Array = (vector / norm if norm else vector).astype(np.float32)
    return direction


def apart(one: Array, other: Array) -> float:
    """The distance between two directions: 0 if equal, 1.41 at right angles, 2 if opposite."""
    return float(np.linalg.norm(unit(one).astype(np.float64) - unit(other)))


def sketch(difference: Array) -> Array:
    """Reduce `difference` (d,) to `SKETCH` signed sums, which have nearly the same norm."""
    short: Array = (difference @ _signs(len(difference))).astype(np.float32)
    return short


@cache
def _signs(dimension: int) -> Array:
    # Python's generator gives the same bits in every version, unlike numpy's.
    bits = Random(dimension).getrandbits(dimension * SKETCH)
    raw = np.frombuffer(bits.to_bytes(dimension * SKETCH // 8, "little"), dtype=np.uint8)
    signs = np.unpackbits(raw).reshape(dimension, SKETCH).astype(np.float32) * 2 - 1
    scaled: Array = (signs / np.sqrt(SKETCH)).astype(np.float32)
    return scaled
