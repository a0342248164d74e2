"""Every stored vector is the weighted combination of the endpoint's own."""

from collections.abc import Callable

import pytest

from conformance import expect
from conformance.data.tolerances import ACROSS_REQUESTS, Array, distance
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
from conformance.weaviate.server.deployment import Deployment


def expect_stored(imported: ImportedItems, expected: list[Array]) -> None:
    """Every stored vector is the expected one, as closely as vectors of two requests are."""
    for index, vector in enumerate(expected):
        apart = distance(imported.stored(index), vector)
        title = imported.items[index].title
        expect.require(
            apart <= ACROSS_REQUESTS,
            f"the stored vector of {title!r} is off by {apart:.2g} of its norm",
            f"the combination of the endpoint's vectors within {ACROSS_REQUESTS:g}",
        )


@pytest.mark.clause("WVT-05")
def test_weighted_fields_combine(imported: ImportedItems, own: ObjectVectors) -> None:
    expect_stored(imported, [own.stored(item, WEIGHTS) for item in imported.items])


@pytest.mark.clause("WVT-06")
def test_fields_without_weights_count_alike(
    deployment: Deployment, items: list[Item], own: ObjectVectors
) -> None:
    objects = page.create(deployment, "Unweighted", weighted=False)
    imported = page.insert(deployment, objects, items[:2])
    expect_stored(imported, [own.stored(item, None) for item in imported.items])


@pytest.mark.clause("WVT-07")
def test_several_text_fields(
    deployment: Deployment,
    items: list[Item],
    own: ObjectVectors,
    measure: Callable[[str, str], None],
) -> None:
    title, caption = items[0].title, items[1].title
    # Configured title first, sent in alphabetical order.
    objects = other_collections.two_texts(deployment, title_weight=0.8, caption_weight=0.2)
    with attributed(deployment, "the import fails"):
        uuid = objects.data.insert({"title": title, "caption": caption})
    stored = stored_vector(objects, uuid)
    rows = list(own.of(texts=[caption, title]).texts)
    right, swapped = combined(rows, (0.2, 0.8)), combined(rows, (0.8, 0.2))
    defect = distance(stored, swapped) < distance(stored, right)
    measure("weaviate weights of several text fields", "swapped" if defect else "right")
    apart = min(distance(stored, right), distance(stored, swapped))
    expect.require(
        apart <= ACROSS_REQUESTS,
        f"the stored vector is off by {apart:.2g} of its norm",
        f"the combination with the weights in one order or the other, within {ACROSS_REQUESTS:g}",
    )
