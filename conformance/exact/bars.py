"""The bars of the group EXA, from `fixtures/exact_bars.toml`; docs/exact.md shows why."""

from dataclasses import dataclass
from functools import cache

from conformance.data import fixture_files


@dataclass(frozen=True)
class Bars:
    """Distances of directions for texts and images, and how much longer a vector may be."""

    texts: float
    images: float
    texts_precise: float
    images_precise: float
    length: float


@cache
def bars() -> Bars:
    """The bars."""
    table = fixture_files.toml("exact_bars.toml")
    return Bars(**{name: float(row["bar"]) for name, row in table.items()})
