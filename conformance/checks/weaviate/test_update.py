"""A vector follows its object: made anew, left alone, gone, as the change demands."""

import numpy as np
import pytest
from weaviate.classes.config import Configure, DataType, Property

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import distance
from conformance.expect import statuses
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.attribution import through
from conformance.weaviate.content.documented_collection import VECTOR, WEIGHTS, stored_vector
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.content.temporary_collections import Objects
from conformance.weaviate.server.deployment import Deployment

BLOB_HASH_SINCE = "1.37.0"


@pytest.fixture(scope="module")
def hashed(deployment: Deployment) -> Objects:
    """A collection whose images are kept as digests only."""
    if not deployment.at_least(BLOB_HASH_SINCE):
        statuses.not_applicable(f"Weaviate {deployment.version} has no blobHash")
    return deployment.collections.create(
        "BlobHash",
        properties=[
            Property(name="poster", data_type=DataType.BLOB_HASH),
            Property(name="note", data_type=DataType.TEXT),
        ],
        vector_config=[
            Configure.Vectors.multi2vec_clip(
                name=VECTOR, image_fields=["poster"], inference_url=deployment.inference_url
            )
        ],
    )


@pytest.mark.clause("WVT-18")
def test_a_new_poster_makes_a_new_vector(
    deployment: Deployment, items: list[Item], own: ObjectVectors
) -> None:
    films = page.fill(deployment, page.create(deployment, "Update"), items[:1])
    changed = Item(items[0].title, items[1].image)
    with through(deployment, "the update fails"):
        films.objects.data.update(films.ids[0], {"poster": changed.poster})
    apart = distance(films.stored(0), own.stored(changed, WEIGHTS))
    expect.require(apart <= tolerances.REPEATED, f"off by {apart:.2g}", "the new poster's vector")


@pytest.mark.clause("WVT-18")
def test_a_deleted_object_is_not_found(deployment: Deployment, items: list[Item]) -> None:
    films = page.fill(deployment, page.create(deployment, "Delete"), items[:2])
    films.objects.data.delete_by_id(films.ids[0])
    with through(deployment, "near_text fails"):
        found = films.objects.query.near_text(items[0].title, limit=2)
    left = [each.uuid for each in found.objects]
    expect.require(left == films.ids[1:], f"objects {left}", "only the one that is left")


@pytest.mark.clause("WVT-19")
@pytest.mark.parametrize("kind", ["blob", "blobHash"])
def test_an_unrelated_update_costs_nothing(
    deployment: Deployment, items: list[Item], request: pytest.FixtureRequest, kind: str
) -> None:
    hashed = kind == "blobHash"
    objects = request.getfixturevalue("hashed") if hashed else page.create(deployment, "Unrelated")
    with through(deployment, "the import fails"):
        uuid = objects.data.insert({"poster": items[2].poster, "note": "before"})
    before, mark = stored_vector(objects, uuid), deployment.mark()
    with through(deployment, "the update fails"):
        objects.data.update(uuid, {"note": "after"})
    asked = len(deployment.seen(mark))
    expect.require(asked == 0, f"{asked} requests", "none")
    same = np.array_equal(stored_vector(objects, uuid), before)
    expect.require(same, "another vector", "the same vector")


@pytest.mark.clause("WVT-20")
def test_blob_and_blob_hash_give_the_same_vector(
    deployment: Deployment, hashed: Objects, items: list[Item]
) -> None:
    plain = page.create(deployment, "Blob", weighted=False, text_fields=None)
    with through(deployment, "the import fails"):
        ids = [each.data.insert({"poster": items[3].poster}) for each in (plain, hashed)]
    blob, digest = stored_vector(plain, ids[0]), stored_vector(hashed, ids[1])
    apart = distance(blob, digest)
    expect.require(np.array_equal(blob, digest), f"vectors off by {apart:.2g}", "bit-equal vectors")
