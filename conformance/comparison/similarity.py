"""Compare two sets of vectors item by item, as a whole, and by their search results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from conformance.comparison import vendor
from conformance.data import tolerances
from conformance.data.models import Model
from conformance.data.tolerances import ACROSS_REQUESTS, Array

NAMED = 3
"""Pairs that a failure names; the measurements list all of them."""
TOP = 10
TIE = 1e-4
"""Difference of cosines below which two results may swap places."""


@dataclass(frozen=True)
class Pair:
    """One input's vectors on both sides."""

    name: str
    cosine: float
    norm: float
    other_norm: float
    distance: float
    """Relative distance, as in `conformance.data.tolerances`; infinite if the dimensions differ."""
    numbers: tuple[int, int] = (0, 0)
    """The dimensions of the two vectors."""

    def __str__(self) -> str:
        if len(set(self.numbers)) > 1:
            return f"{self.numbers[0]} dimensions, not {self.numbers[1]}"
        return (
            f"cosine {self.cosine:.6f}, norm {self.norm:.6g} vs. {self.other_norm:.6g}, "
            f"relative distance {self.distance:.2g}"
        )


def pairs(here: Mapping[str, Array], there: Mapping[str, Array]) -> list[Pair]:
    """The inputs that both sides have, the most different first."""
    found = [_pair(name, here[name], there[name]) for name in here if name in there]
    return sorted(found, key=lambda pair: -pair.distance)


def _pair(name: str, one: Array, other: Array) -> Pair:
    norms = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    numbers = len(one), len(other)
    if one.shape != other.shape:
        return Pair(name, 0.0, *norms, float("inf"), numbers)
    cosine = float(tolerances.cosines(one[None], other[None])[0, 0])
    return Pair(name, cosine, *norms, tolerances.distance(one, other), numbers)


@dataclass(frozen=True)
class Comparison:
    """The pairs of one kind of item, the most different first, and the name of the baseline."""

    pairs: Sequence[Pair]
    kind: str
    source: str

    @property
    def far(self) -> list[Pair]:
        """Pairs that are not the same within the tolerance."""
        return [pair for pair in self.pairs if pair.distance > ACROSS_REQUESTS]

    @property
    def close(self) -> bool:
        """Whether there are pairs, and all of them are the same."""
        return bool(self.pairs) and not self.far

    def note(self, measure: Callable[[str, float | str], None]) -> None:
        """Measure every pair."""
        if self.pairs:
            lowest = min(pair.cosine for pair in self.pairs)
            measure(f"lowest cosine with {self.source}, {self.kind}", lowest)
        for pair in self.pairs:
            measure(f"compared with {self.source}: {pair.name}", str(pair))

    def got(self, why: str = "") -> str:
        """What was found, and the likely cause if it is known."""
        if not self.pairs:
            return f"no {self.kind} that both sides have vectors for"
        first = "; ".join(f"{pair.name}: {pair}" for pair in self.far[:NAMED])
        found = f"{len(self.far)} of {len(self.pairs)} {self.kind} differ: {first}"
        return f"{found}. Likely reason: {why}" if why else found

    def expected(self, model: Model) -> str:
        """The expected result, and any intentional difference in the vendor's image."""
        bound = f"{self.kind} within a relative distance of {ACROSS_REQUESTS:g} from {self.source}"
        return ". ".join(filter(None, [bound, vendor.remark(model)]))


@dataclass(frozen=True)
class Agreement:
    """How many queries return the same top results on both sides."""

    same: int
    queries: int
    top: int

    def __str__(self) -> str:
        return f"{self.same} of {self.queries} queries return the same top {self.top}"


Rows = Sequence[Array] | Array
"""Vectors (n, d), or a list of vectors (d,)."""


def agreement(queries: tuple[Rows, Rows], objects: tuple[Rows, Rows]) -> Agreement | None:
    """Compare the results of `queries` over `objects` on both sides.

    None if one side's dimensions differ, or if every object would be a result. Results are the same
    if each result on one side is among the results on the other, or ties with the last of them.
    """
    if len(objects[0]) <= TOP or not len(queries[0]):
        return None
    sides = []
    for texts, images in zip(queries, objects, strict=True):
        if len({row.shape for row in (*texts, *images)}) > 1:
            return None
        sides.append(tolerances.cosines(np.stack(list(texts)), np.stack(list(images))))
    same = [_among(a, b) and _among(b, a) for a, b in zip(*sides, strict=True)]
    return Agreement(sum(same), len(same), TOP)


def _among(one: Array, other: Array) -> bool:
    last = np.sort(other)[-TOP]
    return bool(np.all(other[np.argsort(-one)[:TOP]] >= last - TIE))
