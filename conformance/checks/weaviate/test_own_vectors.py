"""Vectors that the user brings are kept, found, and cost the endpoint nothing."""

from uuid import uuid4

import numpy as np
import pytest

from conformance import expect
from conformance.expect import statuses
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.attribution import attributed, failed
from conformance.weaviate.content.documented_collection import (
    VECTOR,
    ImportedItems,
    stored_vector,
)
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.server.deployment import Deployment

COUNT = 3


@pytest.fixture(scope="module")
def brought(
    deployment: Deployment, items: list[Item], vectors: ObjectVectors
) -> tuple[ImportedItems, int]:
    """Objects with vectors of their own (of the images alone), and the mark before the import."""
    objects = page.create(deployment, "Brought")
    given = [vectors.image(item.image) for item in items[:COUNT]]
    ids, mark = [uuid4() for _ in given], deployment.mark()
    with attributed(deployment, "the import fails"), objects.batch.fixed_size(100) as batch:
        for uuid, item, vector in zip(ids, items[:COUNT], given, strict=True):
            batch.add_object(item.properties(), uuid=uuid, vector={VECTOR: vector.tolist()})
    rejected = objects.batch.failed_objects
    if rejected:
        raise failed(deployment, mark, f"{len(rejected)} objects with vectors rejected")
    return ImportedItems(objects, items[:COUNT], ids), mark


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_stored_as_given(
    brought: tuple[ImportedItems, int], vectors: ObjectVectors
) -> None:
    imported = brought[0]
    for index, item in enumerate(imported.items):
        stored, given = (
            stored_vector(imported.objects, imported.ids[index]),
            vectors.image(item.image),
        )
        expect.require(
            np.array_equal(stored, given), f"another vector for {item.title!r}", "its own"
        )


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_found(brought: tuple[ImportedItems, int], vectors: ObjectVectors) -> None:
    imported = brought[0]
    found = imported.objects.query.near_vector(
        vectors.image(imported.items[2].image).tolist(),
        limit=1,
        return_metadata=["distance"],
    )
    nearest = found.objects[0]
    expect.require(nearest.uuid == imported.ids[2], f"{nearest.uuid} first", str(imported.ids[2]))
    near = abs(nearest.metadata.distance or 0) < 1e-5
    expect.require(near, f"distance {nearest.metadata.distance}", "0 within 0.00001")


@pytest.mark.clause("WVT-09")
def test_own_vectors_cost_no_request(
    deployment: Deployment, brought: tuple[ImportedItems, int]
) -> None:
    if deployment.proxy is None:
        statuses.not_run("nobody sees what that Weaviate asks the endpoint")
    imported, mark = brought
    ours = {item.title for item in imported.items}
    asked = [passed for passed in deployment.seen(mark) if ours & set(passed.asked()["texts"])]
    expect.require(not asked, f"{len(asked)} requests for these objects", "none")
