"""Objects of a user's Weaviate collection, with what their vectors were made from. Read only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from conformance.data.tolerances import Array

if TYPE_CHECKING:
    from weaviate import WeaviateClient

MODULE = "multi2vec-clip"
MOST = 48
"""Objects that are compared: enough for a search to choose from, few enough to encode again."""


class NothingStored(ValueError):
    """There is nothing to compare with; the message is one line."""


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
