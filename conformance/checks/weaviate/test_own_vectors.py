"""Vectors that the user brings are kept, found, and cost the endpoint nothing."""

from uuid import uuid4

import numpy as np
import pytest
from weaviate.classes.query import MetadataQuery

from conformance import expect, outcome
from conformance.weaviate import films as page
from conformance.weaviate.films import VECTOR, Films, stored_vector
from conformance.weaviate.own import OwnVectors
from conformance.weaviate.sample import Item
from conformance.weaviate.stack import Stack

COUNT = 3


@pytest.fixture(scope="module")
def brought(stack: Stack, items: list[Item], own: OwnVectors) -> tuple[Films, int]:
    """Objects with vectors of their own (of the pictures alone), and the mark before the import."""
    objects = page.create(stack, "OwnVectors")
    vectors = [own.image(item.picture) for item in items[:COUNT]]
    ids, mark = [uuid4() for _ in vectors], stack.mark()
    with objects.batch.fixed_size(100) as batch:
        for uuid, item, vector in zip(ids, items[:COUNT], vectors, strict=True):
            batch.add_object(item.properties(), uuid=uuid, vector={VECTOR: vector.tolist()})
    assert not objects.batch.failed_objects
    return Films(objects, items[:COUNT], ids), mark


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_stored_as_given(brought: tuple[Films, int], own: OwnVectors) -> None:
    films = brought[0]
    for place, item in enumerate(films.items):
        stored, given = stored_vector(films.objects, films.ids[place]), own.image(item.picture)
        expect.that(np.array_equal(stored, given), f"another vector for {item.title!r}", "its own")


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_found(brought: tuple[Films, int], own: OwnVectors) -> None:
    films = brought[0]
    found = films.objects.query.near_vector(
        own.image(films.items[2].picture).tolist(),
        limit=1,
        return_metadata=MetadataQuery(distance=True),
    )
    nearest = found.objects[0]
    expect.that(nearest.uuid == films.ids[2], f"{nearest.uuid} first", str(films.ids[2]))
    near = abs(nearest.metadata.distance or 0) < 1e-5
    expect.that(near, f"distance {nearest.metadata.distance}", "0 within 0.00001")


@pytest.mark.clause("WVT-09")
def test_own_vectors_cost_no_request(stack: Stack, brought: tuple[Films, int]) -> None:
    if stack.proxy is None:
        outcome.not_applicable("nobody sees what that Weaviate asks the endpoint")
    films, mark = brought
    ours = {item.title for item in films.items}
    asked = [passed for passed in stack.seen(mark) if ours & set(passed.asked()["texts"])]
    expect.that(not asked, f"{len(asked)} requests for these objects", "none")
