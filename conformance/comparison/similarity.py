"""Pairs of vectors as a whole: how close they are, and what is said of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.comparison import vendor_differences
from conformance.comparison.diff import Pair
from conformance.data.models import Model
from conformance.data.tolerances import ACROSS_REQUESTS

NAMED = 3
"""Pairs that a failure names; all of them are among the measurements."""


@dataclass(frozen=True)
class Comparison:
    """The pairs of one kind of item, the furthest apart first, with what was compared with."""

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
            measure(f"beside {self.source}: {pair.name}", str(pair))

    def got(self, why: str = "") -> str:
        """What was found, and the likely cause where it is known."""
        if not self.pairs:
            return f"no {self.kind} that both sides have vectors for"
        first = "; ".join(f"{pair.name}: {pair}" for pair in self.far[:NAMED])
        found = f"{len(self.far)} of {len(self.pairs)} {self.kind} apart: {first}"
        return ". ".join(filter(None, [found, why]))

    def expected(self, model: Model) -> str:
        """What should be, and where the vendor's image differs by design."""
        bound = f"{self.kind} as {self.source} has them, within {ACROSS_REQUESTS:g} of their norm"
        return ". ".join(filter(None, [bound, vendor_differences.remark(model)]))
