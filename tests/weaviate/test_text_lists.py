"""What a real server does with weights and a text[] property: its own defect, told in the contract.

Weights go to the rows of a response one by one, whatever the rows were made from. A server that
mends this fails here, and then docs/contract.md has to say so (fixtures/contract.md.jinja).
"""

from collections.abc import Iterator

import numpy as np
import pytest
from weaviate import WeaviateClient
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property
from weaviate.exceptions import UnexpectedStatusCodeError, WeaviateInsertManyAllFailedError

from conformance.data.tolerances import REPEATED, Array, distance
from conformance.weaviate import embedded_server
from conformance.weaviate.deployment import Objects
from conformance.weaviate.documented_collection import VECTOR, stored_vector
from conformance.weaviate.expected_results import combined
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

pytestmark = real.needed
TITLE, TAG = "a red circle", "blue"
PANIC = r"panic occurred: runtime error: index out of range \[2\] with length 2"


@pytest.fixture(scope="module")
def client() -> Iterator[WeaviateClient]:
    """A client of a real server."""
    with (
        serve(Endpoint(Encoder())) as url,
        embedded_server.run(url, real.choice().where) as server,
        server.connect() as client,
    ):
        yield client


@pytest.fixture
def objects(client: WeaviateClient) -> Iterator[Objects]:
    """A collection with weights for a list of texts and for a text."""
    fields = [Multi2VecField(name="tags", weight=0.2), Multi2VecField(name="title", weight=0.8)]
    kinds = {"tags": DataType.TEXT_ARRAY, "title": DataType.TEXT}
    yield client.collections.create(
        "Lists",
        properties=[Property(name=name, data_type=kind) for name, kind in kinds.items()],
        vector_config=[Configure.Vectors.multi2vec_clip(name=VECTOR, text_fields=fields)],
    )
    client.collections.delete("Lists")


def text_vector(text: str) -> Array:
    """What the endpoint says of a text: (d,)."""
    return Endpoint(Encoder()).text_vector(text)


def test_one_entry_a_list_is_weighted_as_configured(objects: Objects) -> None:
    stored = stored_vector(objects, objects.data.insert({"title": TITLE, "tags": [TAG]}))
    expected = combined([text_vector(TAG), text_vector(TITLE)], (0.2, 0.8))
    assert distance(stored, expected) <= REPEATED


@pytest.mark.parametrize("properties", [{"title": TITLE}, {"title": TITLE, "tags": []}])
def test_without_an_entry_the_text_gets_the_weight_of_the_list(
    objects: Objects, properties: dict[str, object]
) -> None:
    stored = stored_vector(objects, objects.data.insert(properties))
    assert distance(stored, text_vector(TITLE) * np.float32(0.2)) <= REPEATED


def test_with_two_entries_the_server_panics_and_goes_on(
    objects: Objects, client: WeaviateClient
) -> None:
    with pytest.raises(UnexpectedStatusCodeError, match=PANIC):
        objects.data.insert({"title": TITLE, "tags": [TAG, "green"]})
    assert client.is_ready()


def test_with_two_entries_in_one_object_the_whole_batch_is_lost(objects: Objects) -> None:
    good, bad = {"title": TITLE, "tags": [TAG]}, {"title": TITLE, "tags": [TAG, "green"]}
    with pytest.raises(WeaviateInsertManyAllFailedError, match=PANIC):
        objects.data.insert_many([good, bad])
