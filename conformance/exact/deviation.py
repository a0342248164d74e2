"""How far observed vectors are from the expected ones, in direction and in length."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from conformance.data.tolerances import Array
from conformance.exact.directions import apart


@dataclass(frozen=True)
class Deviation:
    """One item: the distance of the directions, and how many times as long the vector is."""

    item: str
    distance: float
    length: float

    def __str__(self) -> str:
        return f"{self.item!r} by {self.distance:.2g}"


def deviations(
    observed: Mapping[str, Array], expected: Mapping[str, tuple[Array, ...]]
) -> list[Deviation]:
    """One for every observed item that is known, worst first; the nearest right answer counts.

    Vectors have shape (d,). Raises ValueError where dimensions differ.
    """
    found = [
        _deviation(name, vector, expected[name])
        for name, vector in observed.items()
        if name in expected
    ]
    return sorted(found, key=lambda each: each.distance, reverse=True)


def single(expected: Mapping[str, Array]) -> dict[str, tuple[Array, ...]]:
    """Items with one right answer each, as `deviations` takes them."""
    return {name: (vector,) for name, vector in expected.items()}


def _deviation(name: str, vector: Array, answers: tuple[Array, ...]) -> Deviation:
    nearest = min(answers, key=lambda answer: apart(vector, answer))
    norms = float(np.linalg.norm(vector)), float(np.linalg.norm(nearest))
    return Deviation(name, apart(vector, nearest), norms[0] / norms[1] if norms[1] else 0.0)
