"""The collection of the documentation page: objects with a title and a poster.

weaviate-client is imported by the functions that use it: it takes a second, and every run of the
suite loads this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from conformance.data.tolerances import Array
from conformance.weaviate.content.attribution import attributed, failed, one_line
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.server.temporary_collections import Objects

VECTOR = "title_vector"
TITLE_WEIGHT, POSTER_WEIGHT = 0.1, 0.9
WEIGHTS = TITLE_WEIGHT, POSTER_WEIGHT
BATCH_SIZE = 100


@dataclass(frozen=True)
class ImportedItems:
    """Items and the objects that were made from them; `ids` are in the order of `items`."""

    objects: Objects
    items: list[Item]
    ids: list[UUID]

    def index_of(self, uuid: UUID) -> int:
        """Which of the items an object is."""
        return self.ids.index(uuid)

    def stored(self, index: int) -> Array:
        """The vector that Weaviate has stored for an item: (d,)."""
        return stored_vector(self.objects, self.ids[index])


def create(
    deployment: Deployment, purpose: str, *, weighted: bool = True, **changes: Any
) -> Objects:
    """A collection as on the page; `changes` override arguments of `multi2vec_clip`."""
    from weaviate.classes.config import Configure, DataType, Multi2VecField, Property

    title = Multi2VecField(name="title", weight=TITLE_WEIGHT)
    poster = Multi2VecField(name="poster", weight=POSTER_WEIGHT)
    arguments: dict[str, Any] = {
        "name": VECTOR,
        "image_fields": [poster] if weighted else ["poster"],
        "text_fields": [title] if weighted else ["title"],
        "inference_url": deployment.inference_url,
    }
    return deployment.collections.create(
        purpose,
        properties=[
            Property(name="title", data_type=DataType.TEXT),
            Property(name="poster", data_type=DataType.BLOB),
            Property(name="note", data_type=DataType.TEXT),
        ],
        vector_config=[Configure.Vectors.multi2vec_clip(**{**arguments, **changes})],
    )


def import_batch(deployment: Deployment, objects: Objects, items: Sequence[Item]) -> ImportedItems:
    """Import the items as the page does; raises Nonconformity where Weaviate rejects any."""
    ids = [uuid4() for _ in items]
    mark = deployment.mark()
    with (
        attributed(deployment, "the import fails"),
        objects.batch.fixed_size(BATCH_SIZE) as batch,
    ):
        for uuid, item in zip(ids, items, strict=True):
            batch.add_object(properties=item.properties(), uuid=uuid)
    _require_all(deployment, mark, len(ids), objects.batch.failed_objects)
    return ImportedItems(objects, list(items), ids)


def insert(deployment: Deployment, objects: Objects, items: Sequence[Item]) -> ImportedItems:
    """The same in one call, without the client's background thread and its second of delay."""
    from weaviate.classes.data import DataObject

    ids = [uuid4() for _ in items]
    rows = [
        DataObject(properties=item.properties(), uuid=uuid)
        for uuid, item in zip(ids, items, strict=True)
    ]
    mark = deployment.mark()
    with attributed(deployment, "the import fails"):
        done = objects.data.insert_many(rows)
    _require_all(deployment, mark, len(ids), list(done.errors.values()))
    return ImportedItems(objects, list(items), ids)


def _require_all(deployment: Deployment, mark: int, count: int, rejected: Sequence[Any]) -> None:
    if rejected:
        first = one_line(rejected[0].message)
        raise failed(deployment, mark, f"{len(rejected)} of {count} objects rejected: {first}")


def stored_vector(objects: Objects, uuid: UUID, name: str = VECTOR) -> Array:
    """The stored vector of one object: (d,)."""
    found = objects.query.fetch_object_by_id(uuid, include_vector=True)
    assert found is not None, f"Weaviate has no object {uuid}"
    return np.asarray(found.vector[name], dtype=np.float32)
