"""Objects of a user's Weaviate collection: read, encoded again, compared with what is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from conformance.comparison.combinations import Fields, Fit, as_documented, best_fit
from conformance.comparison.similarity import Agreement, Pair, agreement, pairs, stacked
from conformance.data.messages import UserError, one_line
from conformance.data.tolerances import Array
from conformance.expect import Nonconformity, vectors
from conformance.transport.endpoint import Endpoint

if TYPE_CHECKING:
    from weaviate import WeaviateClient

MODULE = "multi2vec-clip"
MOST = 48
"""Objects that are compared: enough for a search to choose from, few enough to encode again."""


class NothingStored(UserError):
    """There is nothing to compare with."""


@dataclass(frozen=True)
class Recipe:
    """How a named vector is made: fields and weights as configured."""

    name: str
    texts: Sequence[str]
    images: Sequence[str]
    weights: tuple[float, ...] | None


@dataclass(frozen=True)
class StoredObject:
    """One object's items, as Weaviate sends them, and the vector (d,) that is stored."""

    name: str
    texts: list[str]
    images: list[str]
    weights: tuple[float, ...] | None
    vector: Array


def objects(client: "WeaviateClient", collection: str) -> list[StoredObject]:
    """At most `MOST` objects whose vectors the module made; raises NothingStored."""
    if not client.collections.exists(collection):
        raise NothingStored(f"there is no collection {collection} in that Weaviate")
    found = client.collections.get(collection)
    recipes = _recipes(found.config.get().to_dict())
    if not recipes:
        raise NothingStored(f"no vector of collection {collection} is made by {MODULE}")
    wanted = sorted({field for each in recipes for field in (*each.texts, *each.images)})
    rows = islice(found.iterator(include_vector=True, return_properties=wanted), MOST)
    stored = [made for row in rows for each in recipes for made in _objects(row, each)]
    if not stored:
        raise NothingStored(f"collection {collection} has no object to compare with")
    return stored


def _recipes(config: Mapping[str, Any]) -> list[Recipe]:
    """From a collection's settings: named vectors, or the one vector of an older collection."""
    vectors = config.get("vectorConfig") or {
        "default": {"vectorizer": {config.get("vectorizer"): _module_settings(config)}}
    }
    return [
        _recipe(name, each["vectorizer"][MODULE])
        for name, each in vectors.items()
        if MODULE in each.get("vectorizer", {})
    ]


def _module_settings(config: Mapping[str, Any]) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = config.get("moduleConfig", {}).get(MODULE, {})
    return settings


def _recipe(name: str, settings: Mapping[str, Any]) -> Recipe:
    texts, images = settings.get("textFields") or [], settings.get("imageFields") or []
    weights = settings.get("weights") or {}
    flat = (*(weights.get("textFields") or ()), *(weights.get("imageFields") or ()))
    return Recipe(name, texts, images, flat or None)


def _objects(row: Any, recipe: Recipe) -> Iterator[StoredObject]:
    # Weaviate sends fields in alphabetical order and takes weights in the configured one.
    texts = [text for field in sorted(recipe.texts) for text in _texts(row.properties.get(field))]
    images = [row.properties[field] for field in sorted(recipe.images) if row.properties.get(field)]
    vector = row.vector.get(recipe.name)
    weighted = recipe.weights is None or len(recipe.weights) >= len(texts) + len(images)
    # More rows than weights are more than a server combines: the vector came from elsewhere.
    if vector and weighted and (texts or images):
        numbers = np.asarray(vector, dtype=np.float32)
        yield StoredObject(f"object {row.uuid}", texts, images, recipe.weights, numbers)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


@dataclass
class Reencoded:
    """Objects with the endpoint's vectors of their fields, in one order."""

    objects: list[StoredObject] = field(default_factory=list)
    fields: list[Fields] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Objects that the endpoint did not encode, with what it said instead."""

    def pairs(self) -> list[Pair]:
        """Each object's vector as it would be stored today, and as it is."""
        here = {each.name: vector for each, vector in zip(self.objects, self._today, strict=True)}
        return pairs(here, {each.name: each.vector for each in self.objects})

    def searches(self) -> Agreement | None:
        """Each object's first field as a query, over the stored vectors and over today's.

        None where there are too few objects, or vectors of several dimensions.
        """
        queries = stacked([each.rows[0] for each in self.fields])
        sides = stacked(self._today), stacked(self._stored)
        if queries is None or sides[0] is None or sides[1] is None:
            return None
        if queries.shape[1] != sides[1].shape[1]:
            return None
        return agreement((queries, queries), (sides[0], sides[1]))

    def best_fit(self) -> Fit | None:
        """The way of combining the fields, other than today's, that the stored vectors fit."""
        return best_fit(self.fields, self._stored) if self.fields else None

    @property
    def _today(self) -> list[Array]:
        return [as_documented(each) for each in self.fields]

    @property
    def _stored(self) -> list[Array]:
        return [each.vector for each in self.objects]


def reencode(stored: Sequence[StoredObject], endpoint: Endpoint) -> Reencoded:
    """Each object in one request, as Weaviate sends it."""
    done = Reencoded()
    for each in stored:
        exchange = endpoint.post({"texts": each.texts, "images": each.images})
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
    """The likely cause of stored vectors that are not today's, in a sentence."""
    fit = reencoded.best_fit()
    count = len(reencoded.objects)
    if fit is None:
        return "No combination of the endpoint's vectors fits: another model, or version of it"
    usual = sorted(pair.distance for pair in reencoded.pairs())[count // 2]
    return (
        f"Best fit: {fit.way} ({fit.within} of {count} objects fit, "
        f"median distance {fit.distance:.2g} instead of {usual:.2g})"
    )
