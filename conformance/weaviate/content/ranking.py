"""What a search must return, computed from the endpoint's vectors."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import Array
from conformance.weaviate.content.documented_collection import Films

WITHIN = 2 * tolerances.REPEATED
"""Of a distance: a query's vector and a stored one may each be off by REPEATED of their norm."""


def distances(query: Array, stored: Sequence[Array]) -> Array:
    """The cosine distance of a query to each stored vector: (n,), 0 to 2."""
    return np.asarray(1 - tolerances.cosines(query[None], np.stack(stored))[0])


def expect_ranking(films: Films, query: Array, found: Any, limit: int) -> None:
    """The answer holds the `limit` nearest in order, each at its distance; ties go either way.

    `found` is what a query with `return_metadata=["distance"]` answered.
    """
    wanted = distances(query, [films.stored(place) for place in range(len(films.ids))])
    shown = [(films.place(each.uuid), each.metadata.distance) for each in found.objects]
    expect.require(len(shown) == limit, f"{len(shown)} objects", f"{limit}, the limit")
    for rank, (place, distance) in enumerate(shown):
        title = films.items[place].title
        due = float(np.sort(wanted)[rank])
        expect.require(
            abs(float(wanted[place]) - due) <= WITHIN,
            f"rank {rank + 1} is {title!r}, whose distance should be {wanted[place]:.4f}",
            f"the object at {due:.4f}",
        )
        expect.require(
            abs(distance - float(wanted[place])) <= WITHIN,
            f"{title!r} at distance {distance:.4f}",
            f"{wanted[place]:.4f}, the cosine distance of the endpoint's vectors",
        )


def first(found: Any) -> UUID | None:
    """The object that a search put first."""
    return found.objects[0].uuid if found.objects else None
