"""Create a collection whose vectors combine a poster (weight 0.9) and a title (weight 0.1)."""

from connect import connect
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property

with connect() as client:
    client.collections.delete("DemoCollection")
    client.collections.create(
        "DemoCollection",
        properties=[
            Property(name="title", data_type=DataType.TEXT),
            Property(name="poster", data_type=DataType.BLOB),
        ],
        vector_config=[
            Configure.Vectors.multi2vec_clip(
                name="title_vector",
                image_fields=[Multi2VecField(name="poster", weight=0.9)],
                text_fields=[Multi2VecField(name="title", weight=0.1)],
            )
        ],
    )
    print("created:", client.collections.exists("DemoCollection"))
