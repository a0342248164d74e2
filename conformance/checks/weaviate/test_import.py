"""Every stored vector is the weighted combination of the endpoint's own."""

from collections.abc import Callable

import pytest
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import Array, distance
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content.arithmetic import combined
from conformance.weaviate.content.documented_collection import WEIGHTS, Films, stored_vector
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.server.deployment import Deployment


def expect_stored(films: Films, wanted: list[Array]) -> None:
    """Every stored vector is the wanted one, as exactly as the endpoint repeats itself."""
    for place, vector in enumerate(wanted):
        apart = distance(films.stored(place), vector)
        expect.require(
            apart <= tolerances.REPEATED,
            f"the stored vector of {films.items[place].title!r} is off by {apart:.2g} of its norm",
            f"the combination of the endpoint's vectors within {tolerances.REPEATED:g}",
        )


@pytest.mark.clause("WVT-05")
def test_weighted_fields_combine(films: Films, own: ObjectVectors) -> None:
    expect_stored(films, [own.stored(item, WEIGHTS) for item in films.items])


@pytest.mark.clause("WVT-06")
def test_fields_without_weights_count_alike(
    deployment: Deployment, items: list[Item], own: ObjectVectors
) -> None:
    objects = page.create(deployment, "Unweighted", weighted=False)
    films = page.fill(deployment, objects, items[:2])
    expect_stored(films, [own.stored(item, None) for item in films.items])


@pytest.mark.clause("WVT-07")
def test_several_text_fields(
    deployment: Deployment,
    items: list[Item],
    own: ObjectVectors,
    measure: Callable[[str, str], None],
) -> None:
    title, caption = items[0].title, items[1].title
    objects = deployment.collections.create(
        "TextFields",
        properties=[Property(name=name, data_type=DataType.TEXT) for name in ("title", "caption")],
        vector_config=[
            Configure.Vectors.multi2vec_clip(
                name=page.VECTOR,
                # Configured in this order, sent in alphabetical order.
                text_fields=[
                    Multi2VecField(name="title", weight=0.8),
                    Multi2VecField(name="caption", weight=0.2),
                ],
                inference_url=deployment.inference_url,
            )
        ],
    )
    uuid = objects.data.insert({"title": title, "caption": caption})
    stored = stored_vector(objects, uuid)
    rows = list(own.of(texts=[caption, title]).texts.vectors)
    right, swapped = combined(rows, (0.2, 0.8)), combined(rows, (0.8, 0.2))
    defect = distance(stored, swapped) < distance(stored, right)
    measure("weaviate weights of several text fields", "swapped" if defect else "right")
    apart = min(distance(stored, right), distance(stored, swapped))
    expect.require(
        apart <= tolerances.REPEATED,
        f"the stored vector is off by {apart:.2g} of its norm",
        "the combination with the weights in one order or the other",
    )
