"""WVT: vectors that Weaviate stores on import and on update, and vectors that users provide."""

from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest

from conformance import expect
from conformance.data import statuses
from conformance.data.clauses import all_clauses, reached
from conformance.data.tolerances import ACROSS_REQUESTS, distance
from conformance.expect.vector_cache import VectorCache
from conformance.weaviate import documented_collection as page
from conformance.weaviate.deployment import Deployment, Objects, attributed, failed
from conformance.weaviate.documented_collection import (
    VECTOR,
    WEIGHTS,
    ImportedItems,
    Item,
    hashed_images,
    stored_vector,
    two_texts,
)
from conformance.weaviate.expected_results import combined, expect_stored, to_be_stored


@pytest.mark.clause("WVT-05")
def test_weighted_fields_combine(
    deployment: Deployment, imported: ImportedItems, cache: VectorCache
) -> None:
    for index, item in enumerate(imported.items):
        expect_stored(deployment, imported, index, to_be_stored(cache, item, WEIGHTS))


@pytest.mark.clause("WVT-06")
def test_fields_without_weights_count_alike(
    deployment: Deployment, items: list[Item], cache: VectorCache
) -> None:
    objects = page.create(deployment, "Unweighted", weighted=False)
    imported = page.insert(deployment, objects, items[:2])
    for index, item in enumerate(imported.items):
        expect_stored(deployment, imported, index, to_be_stored(cache, item, None))


@pytest.mark.clause("WVT-07")
def test_several_text_fields(
    deployment: Deployment,
    items: list[Item],
    cache: VectorCache,
    measure: Callable[[str, str], None],
) -> None:
    title, caption = items[0].title, items[1].title
    # The title is configured first; fields are sent in alphabetical order.
    objects = two_texts(deployment, title_weight=0.8, caption_weight=0.2)
    with attributed(deployment, "the import fails"):
        uuid = objects.data.insert({"title": title, "caption": caption})
    stored = stored_vector(objects, uuid)
    texts = cache.vectors(texts=[caption, title]).texts
    rows = list(texts.vectors)
    right, swapped = combined(rows, (0.2, 0.8)), combined(rows, (0.8, 0.2))
    defect = distance(stored, swapped) < distance(stored, right)
    measure("weaviate weights of several text fields", "swapped" if defect else "correct")
    apart = min(distance(stored, right), distance(stored, swapped))
    expect.require(
        apart <= ACROSS_REQUESTS,
        f"a stored vector at a relative distance of {apart:.2g}",
        f"the combination with the weights in one order or the other, within {ACROSS_REQUESTS:g}",
        texts.exchanges[0],
    )


BLOB_HASH_SINCE = all_clauses()["WVT-20"].since


@pytest.fixture(scope="module")
def hashed(deployment: Deployment) -> Objects:
    """A collection that stores only digests of its images."""
    if not reached(deployment.version, BLOB_HASH_SINCE):
        statuses.not_applicable(f"Weaviate {deployment.version} has no blobHash")
    return hashed_images(deployment)


@pytest.mark.clause("WVT-18")
def test_a_new_poster_makes_a_new_vector(
    deployment: Deployment, items: list[Item], cache: VectorCache
) -> None:
    before = page.insert(deployment, page.create(deployment, "Update"), items[:1])
    changed = Item(items[0].title, items[1].image)
    with attributed(deployment, "the update fails"):
        before.objects.data.update(before.ids[0], {"poster": changed.poster})
    after = ImportedItems(before.objects, [changed], before.ids)
    expect_stored(deployment, after, 0, to_be_stored(cache, changed, WEIGHTS))


@pytest.mark.clause("WVT-18")
def test_a_deleted_object_is_not_found(deployment: Deployment, items: list[Item]) -> None:
    imported = page.insert(deployment, page.create(deployment, "Delete"), items[:2])
    imported.objects.data.delete_by_id(imported.ids[0])
    with attributed(deployment, "near_text fails"):
        found = imported.objects.query.near_text(items[0].title, limit=2)
    left = [each.uuid for each in found.objects]
    expect.require(left == imported.ids[1:], f"objects {left}", "only the remaining objects")


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
        statuses.not_run(
            "the vector is unchanged, but the given server's requests cannot be observed"
        )
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
    expect.require(
        np.array_equal(blob, digest),
        f"vectors at a relative distance of {apart:.2g}",
        "bit-identical vectors",
    )


COUNT = 3


@pytest.fixture(scope="module")
def brought(
    deployment: Deployment, items: list[Item], cache: VectorCache
) -> tuple[ImportedItems, int]:
    """Objects with vectors of their images alone, and the proxy's mark before the import."""
    objects = page.create(deployment, "Brought")
    given = [cache.image(item.image).vector for item in items[:COUNT]]
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
    brought: tuple[ImportedItems, int], cache: VectorCache
) -> None:
    imported = brought[0]
    for index, item in enumerate(imported.items):
        stored, given = (
            stored_vector(imported.objects, imported.ids[index]),
            cache.image(item.image).vector,
        )
        expect.require(
            np.array_equal(stored, given), f"a different vector for {item.title!r}", "the given one"
        )


@pytest.mark.clause("WVT-08")
def test_own_vectors_are_found(brought: tuple[ImportedItems, int], cache: VectorCache) -> None:
    imported = brought[0]
    found = imported.objects.query.near_vector(
        cache.image(imported.items[2].image).vector.tolist(),
        limit=1,
        return_metadata=["distance"],
    )
    nearest = found.objects[0]
    expect.require(nearest.uuid == imported.ids[2], f"{nearest.uuid} first", str(imported.ids[2]))
    near = abs(nearest.metadata.distance or 0) < 1e-5
    expect.require(near, f"distance {nearest.metadata.distance}", "at most 0.00001")


@pytest.mark.clause("WVT-09")
def test_own_vectors_cost_no_request(
    deployment: Deployment, brought: tuple[ImportedItems, int]
) -> None:
    if deployment.proxy is None:
        statuses.not_run("the requests of the given Weaviate server cannot be observed")
    imported, mark = brought
    ours = {item.title for item in imported.items}
    asked = [passed for passed in deployment.seen(mark) if ours & set(passed.asked()["texts"])]
    expect.require(not asked, f"{len(asked)} requests for these objects", "none")
