"""Vectors that the user brings are kept, found, and cost the endpoint nothing."""

from uuid import uuid4

import numpy as np
import pytest
from weaviate.classes.query import MetadataQuery

from conformance import expect
from conformance.expect import statuses
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.documented_collection import VECTOR, Films, stored_vector
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.server.deployment import Deployment

COUNT = 3


@pytest.fixture(scope="module")
def brought(deployment: Deployment, items: list[Item], own: ObjectVectors) -> tuple[Films, int]:
    """Objects with vectors of their own (of the images alone), and the mark before the import."""
    objects = page.create(deployment, "ObjectVectors")
    vectors = [own.image(item.image) for item in items[:COUNT]]
    ids, mark = [uuid4() for _ in vectors], deployment.mark()
    with objects.batch.fixed_size(100) as batch:
        for uuid, item, vector in zip(ids, items[:COUNT], vectors, strict=True):
            batch.add_object(item.properties(), uuid=uuid, vector={VECTOR: vector.tolist()})
    assert not objects.batch.failed_objects
    return Films(objects, items[:COUNT], ids), mark


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_stored_as_given(brought: tuple[Films, int], own: ObjectVectors) -> None:
    films = brought[0]
    for place, item in enumerate(films.items):
        stored, given = stored_vector(films.objects, films.ids[place]), own.image(item.image)
        expect.require(
            np.array_equal(stored, given), f"another vector for {item.title!r}", "its own"
        )


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_found(brought: tuple[Films, int], own: ObjectVectors) -> None:
    films = brought[0]
    found = films.objects.query.near_vector(
        own.image(films.items[2].image).tolist(),
        limit=1,
        return_metadata=MetadataQuery(distance=True),
    )
    nearest = found.objects[0]
    expect.require(nearest.uuid == films.ids[2], f"{nearest.uuid} first", str(films.ids[2]))
    near = abs(nearest.metadata.distance or 0) < 1e-5
    expect.require(near, f"distance {nearest.metadata.distance}", "0 within 0.00001")


@pytest.mark.clause("WVT-09")
def test_own_vectors_cost_no_request(deployment: Deployment, brought: tuple[Films, int]) -> None:
    if deployment.proxy is None:
        statuses.not_applicable("nobody sees what that Weaviate asks the endpoint")
    films, mark = brought
    ours = {item.title for item in films.items}
    asked = [passed for passed in deployment.seen(mark) if ours & set(passed.asked()["texts"])]
    expect.require(not asked, f"{len(asked)} requests for these objects", "none")
