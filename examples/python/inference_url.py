"""Create a collection with its own endpoint, whose URL is read from INFERENCE_URL."""

import os

from connect import connect
from weaviate.classes.config import Configure, DataType, Property

url = os.environ.get("INFERENCE_URL", "http://localhost:8000")

with connect() as client:
    client.collections.delete("OtherEndpoint")
    captions = client.collections.create(
        "OtherEndpoint",
        properties=[Property(name="caption", data_type=DataType.TEXT)],
        vector_config=[
            Configure.Vectors.multi2vec_clip(
                name="caption_vector",
                text_fields=["caption"],
                # Weaviate appends /vectorize, so the URL must not end in a slash.
                inference_url=url,
            )
        ],
    )
    captions.data.insert({"caption": "a purple circle"})
    found = captions.query.near_text("something round", limit=1)
    print(found.objects[0].properties["caption"], "through", url)
