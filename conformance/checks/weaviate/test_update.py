"""A vector follows its object: made anew, left alone, gone, as the change demands."""

import numpy as np
import pytest
from weaviate.classes.config import Configure, DataType, Property

from conformance import expect, outcome, tolerance
from conformance.tolerance import distance
from conformance.weaviate import films as page
from conformance.weaviate.blame import through
from conformance.weaviate.collections import Objects
from conformance.weaviate.films import VECTOR, WEIGHTS, stored_vector
from conformance.weaviate.own import OwnVectors
from conformance.weaviate.sample import Item
from conformance.weaviate.stack import Stack

BLOB_HASH_SINCE = "1.37.0"


@pytest.fixture(scope="module")
def hashed(stack: Stack) -> Objects:
    """A collection whose pictures are kept as digests only."""
    if not stack.at_least(BLOB_HASH_SINCE):
        outcome.not_applicable(f"Weaviate {stack.version} has no blobHash")
    return stack.collections.create(
        "BlobHash",
        properties=[
            Property(name="poster", data_type=DataType.BLOB_HASH),
            Property(name="note", data_type=DataType.TEXT),
        ],
        vector_config=[
            Configure.Vectors.multi2vec_clip(
                name=VECTOR, image_fields=["poster"], inference_url=stack.inference_url
            )
        ],
    )


@pytest.mark.clause("WVT-18")
def test_a_new_poster_makes_a_new_vector(stack: Stack, items: list[Item], own: OwnVectors) -> None:
    films = page.fill(stack, page.create(stack, "Update"), items[:1])
    changed = Item(items[0].title, items[1].picture)
    with through(stack, "the update fails"):
        films.objects.data.update(films.ids[0], {"poster": changed.poster})
    apart = distance(films.stored(0), own.stored(changed, WEIGHTS))
    expect.that(apart <= tolerance.REPEATED, f"off by {apart:.2g}", "the new poster's vector")


@pytest.mark.clause("WVT-18")
def test_a_deleted_object_is_not_found(stack: Stack, items: list[Item]) -> None:
    films = page.fill(stack, page.create(stack, "Delete"), items[:2])
    films.objects.data.delete_by_id(films.ids[0])
    with through(stack, "near_text fails"):
        found = films.objects.query.near_text(items[0].title, limit=2)
    left = [each.uuid for each in found.objects]
    expect.that(left == films.ids[1:], f"objects {left}", "only the one that is left")


@pytest.mark.clause("WVT-19")
@pytest.mark.parametrize("kind", ["blob", "blobHash"])
def test_an_unrelated_update_costs_nothing(
    stack: Stack, items: list[Item], request: pytest.FixtureRequest, kind: str
) -> None:
    hashed = kind == "blobHash"
    objects = request.getfixturevalue("hashed") if hashed else page.create(stack, "Unrelated")
    with through(stack, "the import fails"):
        uuid = objects.data.insert({"poster": items[2].poster, "note": "before"})
    before, mark = stored_vector(objects, uuid), stack.mark()
    with through(stack, "the update fails"):
        objects.data.update(uuid, {"note": "after"})
    asked = len(stack.seen(mark))
    expect.that(asked == 0, f"{asked} requests", "none")
    same = np.array_equal(stored_vector(objects, uuid), before)
    expect.that(same, "another vector", "the same vector")


@pytest.mark.clause("WVT-20")
def test_blob_and_blob_hash_give_the_same_vector(
    stack: Stack, hashed: Objects, items: list[Item]
) -> None:
    plain = page.create(stack, "Blob", weighted=False, text_fields=None)
    with through(stack, "the import fails"):
        ids = [each.data.insert({"poster": items[3].poster}) for each in (plain, hashed)]
    blob, digest = stored_vector(plain, ids[0]), stored_vector(hashed, ids[1])
    apart = distance(blob, digest)
    expect.that(np.array_equal(blob, digest), f"vectors off by {apart:.2g}", "bit-equal vectors")
