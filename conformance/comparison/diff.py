"""Two sets of vectors beside each other, input by input."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from conformance.data import tolerances
from conformance.data.tolerances import Array

REASON_LENGTH = 200


@dataclass(frozen=True)
class Pair:
    """One input's vector here and there."""

    name: str
    cosine: float
    norm: float
    other_norm: float
    distance: float
    """Relative distance, as in `conformance.data.tolerances`; infinite for other dimensions."""

    def __str__(self) -> str:
        return (
            f"cosine {self.cosine:.6f}, norm {self.norm:.6g} beside {self.other_norm:.6g}, "
            f"relative distance {self.distance:.2g}"
        )


def pairs(here: Mapping[str, Array], there: Mapping[str, Array]) -> list[Pair]:
    """The inputs that both have, the furthest apart first."""
    found = [_pair(name, here[name], there[name]) for name in here if name in there]
    return sorted(found, key=lambda pair: -pair.distance)


def _pair(name: str, one: Array, other: Array) -> Pair:
    norms = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    if one.shape != other.shape:
        return Pair(name, 0.0, *norms, float("inf"))
    cosine = float(tolerances.cosines(one[None], other[None])[0, 0])
    return Pair(name, cosine, *norms, tolerances.distance(one, other))


def one_line(text: str) -> str:
    """An endpoint's words as one line of bounded length that does nothing to a terminal."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))
    return plain[:REASON_LENGTH]
