"""The documentation's example collection of titled posters, with its objects and variants.

weaviate-client is imported only in the functions that use it, since the import takes a second and
every run of the suite loads this module.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from conformance.corpus.alignment import AlignedCorpus
from conformance.data.tolerances import Array
from conformance.weaviate.deployment import Deployment, Objects, attributed, error_text, failed

VECTOR = "title_vector"
TITLE_WEIGHT, POSTER_WEIGHT = 0.1, 0.9
WEIGHTS = TITLE_WEIGHT, POSTER_WEIGHT
BATCH_SIZE = 100
COUNT = 8
"""Enough for a ranking, and the number of photographs available."""


@dataclass(frozen=True)
class Item:
    """One image with its caption, like the documentation page's film: a title and a poster."""

    title: str
    image: bytes
    """The file."""

    @property
    def poster(self) -> str:
        """The file in base64, as Weaviate expects blobs."""
        return b64encode(self.image).decode()

    def properties(self) -> dict[str, str]:
        """The properties of an object of the page's collection."""
        return {"title": self.title, "poster": self.poster}


def items(corpus: AlignedCorpus) -> list[Item]:
    """`COUNT` items spread over the corpus, titles in English."""
    step = max(1, len(corpus.images) // COUNT)
    # A step that shares a factor with the number of shapes would select only one shape.
    chosen = [(index * step + index % step) % len(corpus.images) for index in range(COUNT)]
    return [Item(corpus.captions["en"][i], corpus.images[i]) for i in sorted(set(chosen))]


@dataclass(frozen=True)
class ImportedItems:
    """Items and the objects that were made from them; `ids` are in the order of `items`."""

    objects: Objects
    items: list[Item]
    ids: list[UUID]

    def index_of(self, uuid: UUID) -> int:
        """The index of the item that an object was made from."""
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
    """Import the items as the page does; raises Nonconformity if Weaviate rejects any."""
    ids = [uuid4() for _ in items]
    mark = deployment.mark()
    with attributed(deployment, "the import fails"), objects.batch.fixed_size(BATCH_SIZE) as batch:
        for uuid, item in zip(ids, items, strict=True):
            batch.add_object(properties=item.properties(), uuid=uuid)
    _require_all(deployment, mark, len(ids), objects.batch.failed_objects)
    return ImportedItems(objects, list(items), ids)


def insert(deployment: Deployment, objects: Objects, items: Sequence[Item]) -> ImportedItems:
    """Import the items in one call, without the one-second delay of the client's batches."""
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
        first = error_text(rejected[0].message)
        raise failed(deployment, mark, f"{len(rejected)} of {count} objects rejected: {first}")


def stored_vector(objects: Objects, uuid: UUID) -> Array:
    """The stored vector of one object: (d,)."""
    found = objects.query.fetch_object_by_id(uuid, include_vector=True)
    assert found is not None, f"Weaviate has no object {uuid}"
    return np.asarray(found.vector[VECTOR], dtype=np.float32)


def two_texts(deployment: Deployment, title_weight: float, caption_weight: float) -> Objects:
    """Two weighted texts, configured in an order that is not alphabetical."""
    from weaviate.classes.config import Configure, DataType, Multi2VecField, Property

    vectors = Configure.Vectors.multi2vec_clip(
        name=VECTOR,
        text_fields=[
            Multi2VecField(name="title", weight=title_weight),
            Multi2VecField(name="caption", weight=caption_weight),
        ],
        inference_url=deployment.inference_url,
    )
    properties = [Property(name=name, data_type=DataType.TEXT) for name in ("title", "caption")]
    return deployment.collections.create("TwoTexts", properties=properties, vector_config=[vectors])


def hashed_images(deployment: Deployment) -> Objects:
    """Images of which Weaviate keeps only digests (blobHash, since 1.37.0)."""
    from weaviate.classes.config import Configure, DataType, Property

    vectors = Configure.Vectors.multi2vec_clip(
        name=VECTOR, image_fields=["poster"], inference_url=deployment.inference_url
    )
    properties = [
        Property(name="poster", data_type=DataType.BLOB_HASH),
        Property(name="note", data_type=DataType.TEXT),
    ]
    return deployment.collections.create("BlobHash", properties=properties, vector_config=[vectors])
