"""Which known mistake explains deviating vectors best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from conformance.data.tolerances import Array
from conformance.exact import items
from conformance.exact.directions import apart, sketch, unit
from conformance.exact.expected import Expected, Hypothesis

EXPLAINED: Final = 0.3
"""A mistake is named if it leaves at most so much of the distance. Sketches are right to a tenth,
and an honest difference in precision may be there as well."""

SEEN: Final = 2e-3
"""Mean distances below are no deviation to explain: float16 and faster resizing move as much."""

Kind = Literal["text", "image"]


@dataclass(frozen=True)
class Fit:
    """`cause` completes "as if …"; `before` and `after` are mean distances over the tried items."""

    cause: str
    before: float
    after: float

    def __str__(self) -> str:
        return f"as if {self.cause}: distance {self.after:.2g} instead of {self.before:.2g}"


def best_fit(expected: Expected, kind: Kind, observed: Mapping[str, Array]) -> Fit | None:
    """The mistake that leaves least of the distance, or None where none explains it.

    `observed` is any choice of the items, vectors of shape (d,) by name.
    """
    right = _right(expected, kind)
    seen = {name: vector for name, vector in observed.items() if name in right}
    moves = {name: sketch(unit(vector) - unit(right[name])) for name, vector in seen.items()}
    fits = [_tried(each, kind, moves) for each in expected.hypotheses.get(kind, ())]
    fits.append(_other_items(right, seen))
    good = [fit for fit in fits if fit is not None and fit.after <= EXPLAINED * fit.before]
    return min(good, key=lambda fit: fit.after / fit.before, default=None)


def _right(expected: Expected, kind: Kind) -> dict[str, Array]:
    if kind == "text":
        return dict(expected.texts)
    return {name: answers[0] for name, answers in expected.images.items()}


def _tried(hypothesis: Hypothesis, kind: Kind, moves: Mapping[str, Array]) -> Fit | None:
    """The hypothesis on the diagnostic items: it has to explain also those that did not move."""
    tried = [name for name in items.diagnostic(kind, list(hypothesis.moved)) if name in moves]
    still = np.zeros_like(next(iter(moves.values()), np.zeros(0)))
    before = [float(np.linalg.norm(moves[name])) for name in tried]
    after = [
        float(np.linalg.norm(moves[name] - hypothesis.moved.get(name, still))) for name in tried
    ]
    return _fit(hypothesis.name, before, after)


def _other_items(right: Mapping[str, Array], seen: Mapping[str, Array]) -> Fit | None:
    """Vectors in another order: each observed one is some other item's."""
    far = {name: apart(vector, right[name]) for name, vector in seen.items()}
    moved = [name for name, distance in far.items() if distance > SEEN]
    if len(moved) < 2:
        return None
    nearest = [min(apart(seen[name], other) for other in right.values()) for name in moved]
    return _fit("the vectors were in another order", [far[name] for name in moved], nearest)


def _fit(cause: str, before: Sequence[float], after: Sequence[float]) -> Fit | None:
    if not before or float(np.mean(before)) < SEEN:
        return None
    return Fit(cause, float(np.mean(before)), float(np.mean(after)))
