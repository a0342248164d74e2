"""Re-encode stored objects and explain how the new vectors differ from the stored ones.

Stored vectors depend on the version of Weaviate: before 1.21.4, Weaviate used the images' weights
for the texts too (weaviate pull request 3560), and before 1.24 it sent texts in no fixed order. An
upgrade of the encoder may also have changed a model's vectors. If stored vectors are not as
expected, the combination of the fields' vectors that fits them best points to the likely cause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from statistics import median

import numpy as np

from conformance.comparison.answer import other_length
from conformance.comparison.recording import Answers, Progress
from conformance.comparison.similarity import Agreement, Pair, agreement, pairs
from conformance.comparison.weaviate_collection import StoredObject
from conformance.data.messages import one_line
from conformance.data.tolerances import ACROSS_REQUESTS, Array, distance
from conformance.expect import Nonconformity, vectors
from conformance.transport.endpoint import Endpoint
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
    """Number of objects within the tolerance."""


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


def _normalized_rows(fields: Fields) -> list[Array]:
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
    "every field's vector normalized first": _normalized_rows,
}
"""Ordered from simple to flexible. If two fit equally well, the first is named."""


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


@dataclass
class Reencoded:
    """Objects and the endpoint's vectors for their fields, in the same order."""

    objects: list[StoredObject] = field(default_factory=list)
    fields: list[Fields] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Objects that the endpoint rejected, each with its response."""

    def pairs(self) -> list[Pair]:
        """Each object's vector as it would be stored today, and as it was stored."""
        here = {each.name: vector for each, vector in zip(self.objects, self._today, strict=True)}
        return pairs(here, {each.name: each.vector for each in self.objects})

    def searches(self) -> Agreement | None:
        """Search with each object's first field, over the stored vectors and over today's.

        None if there are too few objects, or their dimensions differ.
        """
        queries = [each.rows[0] for each in self.fields]
        return agreement((queries, queries), (self._today, self._stored))

    def best_fit(self) -> Fit | None:
        """The combination of fields, other than today's, that the stored vectors fit."""
        return best_fit(self.fields, self._stored) if self.fields else None

    @property
    def _today(self) -> list[Array]:
        return [as_documented(each) for each in self.fields]

    @property
    def _stored(self) -> list[Array]:
        return [each.vector for each in self.objects]


def reencode(
    stored: Sequence[StoredObject], endpoint: Endpoint, progress: Progress = lambda _name: None
) -> Reencoded:
    """Encode each object in one request, as Weaviate sends it. Raises NoAnswers."""
    done, answers = Reencoded(), Answers("objects")
    for each in stored:
        progress(each.name)
        exchange = endpoint.post({"texts": each.texts, "images": each.images})
        answers.counted(exchange)
        try:
            got = vectors(exchange, len(each.texts), len(each.images))
        except Nonconformity as problem:
            done.refused[each.name] = one_line(problem.got)
            continue
        done.objects.append(each)
        rows = list(got.texts.vectors), list(got.images.vectors)
        done.fields.append(Fields(*rows, each.weights))
    return done


def explanation(reencoded: Reencoded) -> str:
    """The likely cause of a difference between stored and current vectors, in a sentence."""
    if longer := other_length(reencoded.pairs()):
        return longer
    fit = reencoded.best_fit()
    count = len(reencoded.objects)
    if fit is None:
        return "a different model or version: no combination of the endpoint's vectors fits"
    usual = sorted(pair.distance for pair in reencoded.pairs())[count // 2]
    return (
        f"{fit.way} (fits {fit.within} of {count} objects, "
        f"median distance {fit.distance:.2g} instead of {usual:.2g})"
    )
