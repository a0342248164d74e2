"""What a search must return, computed from the endpoint's vectors."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import Array
from conformance.weaviate.content.documented_collection import ImportedItems

WITHIN = 2 * tolerances.REPEATED
"""Of a distance: a query's vector and a stored one may each be off by REPEATED of their norm."""


def distances(query: Array, stored: Sequence[Array]) -> Array:
    """The cosine distance of a query to each stored vector: (n,), 0 to 2."""
    return np.asarray(1 - tolerances.cosines(query[None], np.stack(stored))[0])


def expect_ranking(imported: ImportedItems, query: Array, found: Any, limit: int) -> None:
    """The answer holds the `limit` nearest in order, each at its distance; ties go either way.

    `found` is what a query with `return_metadata=["distance"]` answered.
    """
    stored = [imported.stored(index) for index in range(len(imported.ids))]
    expected = dict(zip(imported.ids, distances(query, stored).tolist(), strict=True))
    expect.require(
        len(found.objects) == limit, f"{len(found.objects)} objects", f"{limit}, the limit"
    )
    expect_order(imported, [each.uuid for each in found.objects], expected, "distance")
    for each in found.objects:
        title = imported.items[imported.index_of(each.uuid)].title
        expect.require(
            abs(each.metadata.distance - expected[each.uuid]) <= WITHIN,
            f"{title!r} at distance {each.metadata.distance:.4f}",
            f"{expected[each.uuid]:.4f}, the cosine distance of the endpoint's vectors",
        )


def expect_order(
    imported: ImportedItems, found: Sequence[UUID], values: Mapping[UUID, float], what: str
) -> None:
    """The objects found come in ascending order of their values, the lowest of all first.

    Values within `WITHIN` of each other may change places.
    """
    in_order = sorted(values.values())
    for rank, uuid in enumerate(found):
        title = imported.items[imported.index_of(uuid)].title
        value, due = values.get(uuid), in_order[rank] if rank < len(in_order) else None
        expect.require(
            value is not None and due is not None and abs(value - due) <= WITHIN,
            f"rank {rank + 1} is {title!r}, whose {what} is {_shown(value)}",
            f"the object at {_shown(due)}",
        )


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"


def first(found: Any) -> UUID | None:
    """The object that a search put first."""
    return found.objects[0].uuid if found.objects else None
