"""Ways in which an object's vector may have been combined from the vectors of its fields.

Versions of Weaviate differ. Before 1.21.4, it used the images' weights for the texts too (weaviate
pull request 3560), and before 1.24 it sent texts in no fixed order. An upgrade of the encoder may
also have changed a model's vectors. If stored vectors are not as expected, the combination that
fits them best is the likely cause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import median

import numpy as np

from conformance.data.tolerances import ACROSS_REQUESTS, Array, distance
from conformance.weaviate.expected_results import combined

MOST_PERMUTED = 5
"""Number of weights up to which every order is tried: 120 orders of 5."""


@dataclass(frozen=True)
class Fields:
    """Vectors of an object's texts and images, in the order sent, and the configured weights."""

    texts: Sequence[Array]
    images: Sequence[Array]
    weights: tuple[float, ...] | None

    @property
    def rows(self) -> list[Array]:
        """The vectors of all fields (d,), texts first."""
        return [*self.texts, *self.images]


@dataclass(frozen=True)
class Fit:
    """How well one combination fits the objects."""

    way: str
    distance: float
    """The median of the relative distances."""
    within: int
    """Objects within the tolerance."""


Way = Callable[[Fields], list[Array]]


def as_documented(fields: Fields) -> Array:
    """The combination that Weaviate stores today."""
    return combined(fields.rows, fields.weights)


def _images_weights_alone(fields: Fields) -> list[Array]:
    weights = (fields.weights or ())[len(fields.texts) :]
    if not fields.texts or not weights or 2 * len(weights) < len(fields.rows):
        return []
    return [combined(fields.rows, (*weights, *weights))]


def _kinds_swapped(fields: Fields) -> list[Array]:
    if not fields.weights or not fields.texts or not fields.images:
        return []
    return [combined([*fields.images, *fields.texts], fields.weights)]


def _another_order(fields: Fields) -> list[Array]:
    if not fields.weights or len(fields.weights) > MOST_PERMUTED:
        return []
    return [combined(fields.rows, order) for order in set(permutations(fields.weights))]


def _undivided(fields: Fields) -> list[Array]:
    return [as_documented(fields) * np.float32(len(fields.rows))] if len(fields.rows) > 1 else []


def _normalised_rows(fields: Fields) -> list[Array]:
    units = [row / max(float(np.linalg.norm(row)), 1e-12) for row in fields.rows]
    return [combined(units, fields.weights)]


WAYS: Mapping[str, Way] = {
    "weights ignored": lambda of: [combined(of.rows)] if of.weights else [],
    "weights ignored, as before 1.21.4 (the images' weights used for the texts too)": (
        _images_weights_alone
    ),
    "weights of texts and images swapped": _kinds_swapped,
    "weights in a different order": _another_order,
    "only texts": lambda of: [combined(of.texts)] if of.texts and of.images else [],
    "only images": lambda of: [combined(of.images)] if of.texts and of.images else [],
    "the sum, not divided by the number of fields": _undivided,
    "every field's vector normalized first": _normalised_rows,
}
"""From simple to flexible. If two fit equally well, the first is named."""


def best_fit(fields: Sequence[Fields], stored: Sequence[Array]) -> Fit | None:
    """The combination, other than today's, that fits most objects; None if none fits any."""
    fits = [_fit(way, make, fields, stored) for way, make in WAYS.items()]
    # Rounded above float32's noise, so that equally good fits compare as equal.
    best = max(fits, key=lambda fit: (fit.within, -round(fit.distance, 5)))
    return best if best.within else None


def _fit(way: str, make: Way, fields: Sequence[Fields], stored: Sequence[Array]) -> Fit:
    apart = [_nearest(make(each), vector) for each, vector in zip(fields, stored, strict=True)]
    return Fit(way, median(apart), sum(each <= ACROSS_REQUESTS for each in apart))


def _nearest(candidates: Sequence[Array], vector: Array) -> float:
    fitting = [distance(each, vector) for each in candidates if each.shape == vector.shape]
    return min(fitting, default=float("inf"))
