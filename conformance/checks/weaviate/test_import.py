"""Every stored vector is the weighted combination of the endpoint's own."""

from collections.abc import Callable

import pytest

from conformance import expect
from conformance.data.tolerances import ACROSS_REQUESTS, distance
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content import other_collections
from conformance.weaviate.content.arithmetic import combined
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


@pytest.mark.clause("WVT-05")
def test_weighted_fields_combine(
    deployment: Deployment, imported: ImportedItems, vectors: ObjectVectors
) -> None:
    for index, item in enumerate(imported.items):
        expect_stored(deployment, imported, index, vectors.stored(item, WEIGHTS))


@pytest.mark.clause("WVT-06")
def test_fields_without_weights_count_alike(
    deployment: Deployment, items: list[Item], vectors: ObjectVectors
) -> None:
    objects = page.create(deployment, "Unweighted", weighted=False)
    imported = page.insert(deployment, objects, items[:2])
    for index, item in enumerate(imported.items):
        expect_stored(deployment, imported, index, vectors.stored(item, None))


@pytest.mark.clause("WVT-07")
def test_several_text_fields(
    deployment: Deployment,
    items: list[Item],
    vectors: ObjectVectors,
    measure: Callable[[str, str], None],
) -> None:
    title, caption = items[0].title, items[1].title
    # Configured title first, sent in alphabetical order.
    objects = other_collections.two_texts(deployment, title_weight=0.8, caption_weight=0.2)
    with attributed(deployment, "the import fails"):
        uuid = objects.data.insert({"title": title, "caption": caption})
    stored = stored_vector(objects, uuid)
    texts = vectors.of(texts=[caption, title]).texts
    rows = list(texts.vectors)
    right, swapped = combined(rows, (0.2, 0.8)), combined(rows, (0.8, 0.2))
    defect = distance(stored, swapped) < distance(stored, right)
    measure("weaviate weights of several text fields", "swapped" if defect else "right")
    apart = min(distance(stored, right), distance(stored, swapped))
    expect.require(
        apart <= ACROSS_REQUESTS,
        f"a stored vector at a relative distance of {apart:.2g}",
        f"the combination with the weights in one order or the other, within {ACROSS_REQUESTS:g}",
        texts.exchanges[0],
    )
