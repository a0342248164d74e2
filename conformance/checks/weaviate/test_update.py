"""A vector follows its object: made anew, left alone, gone, as the change demands."""

import numpy as np
import pytest

from conformance import expect
from conformance.data.clauses import all_clauses
from conformance.data.tolerances import distance
from conformance.data.weaviate_versions import reached
from conformance.expect import statuses
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content import other_collections
from conformance.weaviate.content.attribution import attributed
from conformance.weaviate.content.documented_collection import (
    WEIGHTS,
    ImportedItems,
    stored_vector,
)
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.content.stored_vectors import expect_stored
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.server.temporary_collections import Objects

BLOB_HASH_SINCE = all_clauses()["WVT-20"].since


@pytest.fixture(scope="module")
def hashed(deployment: Deployment) -> Objects:
    """A collection whose images are kept as digests only."""
    if not reached(deployment.version, BLOB_HASH_SINCE):
        statuses.not_applicable(f"Weaviate {deployment.version} has no blobHash")
    return other_collections.hashed_images(deployment)


@pytest.mark.clause("WVT-18")
def test_a_new_poster_makes_a_new_vector(
    deployment: Deployment, items: list[Item], vectors: ObjectVectors
) -> None:
    before = page.insert(deployment, page.create(deployment, "Update"), items[:1])
    changed = Item(items[0].title, items[1].image)
    with attributed(deployment, "the update fails"):
        before.objects.data.update(before.ids[0], {"poster": changed.poster})
    after = ImportedItems(before.objects, [changed], before.ids)
    expect_stored(deployment, after, 0, vectors.stored(changed, WEIGHTS))


@pytest.mark.clause("WVT-18")
def test_a_deleted_object_is_not_found(deployment: Deployment, items: list[Item]) -> None:
    imported = page.insert(deployment, page.create(deployment, "Delete"), items[:2])
    imported.objects.data.delete_by_id(imported.ids[0])
    with attributed(deployment, "near_text fails"):
        found = imported.objects.query.near_text(items[0].title, limit=2)
    left = [each.uuid for each in found.objects]
    expect.require(left == imported.ids[1:], f"objects {left}", "only the one that is left")


@pytest.mark.clause("WVT-19")
@pytest.mark.parametrize("kind", ["blob", "blobHash"])
def test_an_unrelated_update_costs_nothing(
    deployment: Deployment, items: list[Item], request: pytest.FixtureRequest, kind: str
) -> None:
    hashed = kind == "blobHash"
    objects = request.getfixturevalue("hashed") if hashed else page.create(deployment, "Unrelated")
    with attributed(deployment, "the import fails"):
        uuid = objects.data.insert({"poster": items[2].poster, "note": "before"})
    before, mark = stored_vector(objects, uuid), deployment.mark()
    with attributed(deployment, "the update fails"):
        objects.data.update(uuid, {"note": "after"})
    same = np.array_equal(stored_vector(objects, uuid), before)
    expect.require(same, "another vector", "the same vector")
    if deployment.proxy is None:
        statuses.not_run("the vector stayed; nobody sees what that Weaviate asks the endpoint")
    asked = len(deployment.seen(mark))
    expect.require(asked == 0, f"{asked} requests", "none")


@pytest.mark.clause("WVT-20")
def test_blob_and_blob_hash_give_the_same_vector(
    deployment: Deployment, hashed: Objects, items: list[Item]
) -> None:
    plain = page.create(deployment, "Blob", weighted=False, text_fields=None)
    with attributed(deployment, "the import fails"):
        ids = [each.data.insert({"poster": items[3].poster}) for each in (plain, hashed)]
    blob, digest = stored_vector(plain, ids[0]), stored_vector(hashed, ids[1])
    apart = distance(blob, digest)
    expect.require(np.array_equal(blob, digest), f"vectors off by {apart:.2g}", "bit-equal vectors")
