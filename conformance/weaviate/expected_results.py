"""Compute what Weaviate must store and return, based on the endpoint's vectors.

Source: weaviate/weaviate 1.39.0, modules/multi2vec-clip/vectorizer/vectorizer.go,
usecases/vectorizer and usecases/modulecomponents/arguments/nearText/searcher_movements.go.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import ACROSS_REQUESTS, Array, distance
from conformance.expect import Observation
from conformance.expect.vector_cache import VectorCache
from conformance.transport.exchange import Exchange
from conformance.weaviate.deployment import Deployment
from conformance.weaviate.documented_collection import ImportedItems, Item

WITHIN = 2 * tolerances.REPEATED
"""Tolerance of a distance: both vectors may deviate by REPEATED of their norm."""


def combined(rows: Sequence[Array], weights: Sequence[float] | None = None) -> Array:
    """The vector of an object, (d,): its fields' vectors, weighted, divided by their number.

    Weights are first divided by their sum; without weights this is the mean. If there are more
    weights than rows because a field is empty, the last ones count only in that sum. The result is
    not normalized.
    """
    stacked = np.stack(rows).astype(np.float64)
    shares = np.ones(len(rows)) if weights is None else np.asarray(weights) / np.sum(weights)
    mean: Array = (shares[: len(rows)] @ stacked / len(rows)).astype(np.float32)
    return mean


def moved_to(source: Array, target: Array, force: float) -> Array:
    """A query's vector after ``move_to``: `force` / 2 of the way from `source` to `target`."""
    return source * np.float32(1 - force / 2) + target * np.float32(force / 2)


def moved_away(source: Array, target: Array, force: float) -> Array:
    """A query's vector after ``move_away``: the same step, but away from `target`."""
    return source + np.float32(force / 2) * (source - target)


def to_be_stored(
    cache: VectorCache, item: Item, weights: tuple[float, float] | None
) -> Observation:
    """The vector that Weaviate must store for an item, from title and poster sent together."""
    vectors = cache.vectors([item.title], [item.image])
    rows = [vectors.texts[0], vectors.images[0]]
    return Observation(combined([row.vector for row in rows], weights), rows[0].exchange)


def expect_stored(
    deployment: Deployment, imported: ImportedItems, index: int, expected: Observation
) -> None:
    """Require the expected stored vector for an item, within the tolerance across requests.

    A failure shows both Weaviate's request for it and the suite's.
    """
    item = imported.items[index]
    apart = distance(imported.stored(index), expected.vector)
    close = apart <= ACROSS_REQUESTS
    expect.require(
        close,
        f"the stored vector of {item.title!r} at a relative distance of {apart:.2g}",
        f"the combination of the endpoint's vectors, within {ACROSS_REQUESTS:g}",
        *([] if close else [*_requests_for(deployment, item), expected.exchange]),
    )


def _requests_for(deployment: Deployment, item: Item) -> list[Exchange]:
    """Weaviate's last request for an item, if it was observed."""
    wanted = {"texts": [item.title], "images": [item.poster]}
    found = [passed for passed in deployment.seen(0) if passed.asked() == wanted]
    return [passed.to_exchange() for passed in found[-1:]]


def distances(query: Array, stored: Sequence[Array]) -> Array:
    """The cosine distance of a query to each stored vector: (n,), 0 to 2."""
    return np.asarray(1 - tolerances.cosines(query[None], np.stack(stored))[0])


def expect_ranking(imported: ImportedItems, query: Array, found: Any, limit: int) -> None:
    """Require the `limit` nearest objects in order, each at its distance; ties may swap places.

    `found` is the answer to a query with `return_metadata=["distance"]`.
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
    """Require the objects in ascending order of their values, beginning with the lowest of all.

    Values within `WITHIN` of each other may swap places.
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
    """The first object in a search's results."""
    return found.objects[0].uuid if found.objects else None
