"""Collections with other fields than the documentation page's, for single clauses."""

from conformance.weaviate.content.documented_collection import VECTOR
from conformance.weaviate.server.deployment import Deployment
from conformance.weaviate.server.temporary_collections import Objects


def two_texts(deployment: Deployment, title_weight: float, caption_weight: float) -> Objects:
    """Two weighted texts, configured in another order than the alphabetical one."""
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
    """Images of which Weaviate keeps digests only (blobHash, since 1.37.0)."""
    from weaviate.classes.config import Configure, DataType, Property

    vectors = Configure.Vectors.multi2vec_clip(
        name=VECTOR, image_fields=["poster"], inference_url=deployment.inference_url
    )
    properties = [
        Property(name="poster", data_type=DataType.BLOB_HASH),
        Property(name="note", data_type=DataType.TEXT),
    ]
    return deployment.collections.create("BlobHash", properties=properties, vector_config=[vectors])
