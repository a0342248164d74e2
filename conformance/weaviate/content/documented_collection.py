"""The collection of the documentation page: films with a title and a poster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property
from weaviate.classes.data import DataObject

from conformance.data.tolerances import Array
from conformance.weaviate.content.attribution import failed, one_line, through
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.temporary_collections import Objects
from conformance.weaviate.server.deployment import Deployment

VECTOR = "title_vector"
TITLE_WEIGHT, POSTER_WEIGHT = 0.1, 0.9
WEIGHTS = TITLE_WEIGHT, POSTER_WEIGHT


@dataclass(frozen=True)
class Films:
    """Imported items; `ids` are in the order of `items`."""

    objects: Objects
    items: list[Item]
    ids: list[UUID]

    def place(self, uuid: UUID) -> int:
        """Which of the items an object is."""
        return self.ids.index(uuid)

    def stored(self, place: int) -> Array:
        """The vector that Weaviate has stored for an item: (d,)."""
        return stored_vector(self.objects, self.ids[place])


def create(
    deployment: Deployment, purpose: str, *, weighted: bool = True, **changes: Any
) -> Objects:
    """A collection as on the page; `changes` override arguments of `multi2vec_clip`."""
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


def batch(deployment: Deployment, objects: Objects, items: Sequence[Item]) -> Films:
    """Import the items as the page does; raises Nonconformity where Weaviate rejects any."""
    ids = [uuid4() for _ in items]
    mark = deployment.mark()
    with through(deployment, "the import fails"), objects.batch.fixed_size(100) as batch:
        for uuid, item in zip(ids, items, strict=True):
            batch.add_object(properties=item.properties(), uuid=uuid)
    _expect_all(deployment, mark, len(ids), objects.batch.failed_objects)
    return Films(objects, list(items), ids)


def fill(deployment: Deployment, objects: Objects, items: Sequence[Item]) -> Films:
    """The same in one call, without the client's background thread and its second of delay."""
    ids = [uuid4() for _ in items]
    rows = [
        DataObject(properties=item.properties(), uuid=uuid)
        for uuid, item in zip(ids, items, strict=True)
    ]
    mark = deployment.mark()
    with through(deployment, "the import fails"):
        done = objects.data.insert_many(rows)
    _expect_all(deployment, mark, len(ids), list(done.errors.values()))
    return Films(objects, list(items), ids)


def _expect_all(deployment: Deployment, mark: int, count: int, rejected: Sequence[Any]) -> None:
    if rejected:
        first = one_line(rejected[0].message)
        raise failed(deployment, mark, f"{len(rejected)} of {count} objects rejected: {first}")


def stored_vector(objects: Objects, uuid: UUID, name: str = VECTOR) -> Array:
    """The stored vector of one object: (d,)."""
    found = objects.query.fetch_object_by_id(uuid, include_vector=True)
    assert found is not None, f"Weaviate has no object {uuid}"
    return np.asarray(found.vector[name], dtype=np.float32)
