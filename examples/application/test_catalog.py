import base64
import io
from collections.abc import Iterator

import pytest
import weaviate
from PIL import Image, ImageDraw
from weaviate.classes.config import Configure, DataType, Property


@pytest.fixture(scope="session")
def client(
    clip_stand_in_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[weaviate.WeaviateClient]:
    environment = {
        "ENABLE_MODULES": "multi2vec-clip",
        "CLIP_INFERENCE_API": clip_stand_in_url,
        "DISABLE_TELEMETRY": "true",
    }
    with weaviate.connect_to_embedded(
        version="1.39.0",
        persistence_data_path=str(tmp_path_factory.mktemp("weaviate")),
        environment_variables=environment,
    ) as client:
        yield client


def photo(color: str) -> str:
    image, file = Image.new("RGB", (224, 224), "white"), io.BytesIO()
    ImageDraw.Draw(image).ellipse((50, 60, 170, 180), fill=color)
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_a_search_finds_the_blue_circle(client: weaviate.WeaviateClient) -> None:
    catalog = client.collections.create(
        "Catalog",
        properties=[
            Property(name="color", data_type=DataType.TEXT),
            Property(name="photo", data_type=DataType.BLOB),
        ],
        vector_config=Configure.Vectors.multi2vec_clip(image_fields=["photo"]),
    )
    colors = ["red", "green", "blue"]
    catalog.data.insert_many([{"color": each, "photo": photo(each)} for each in colors])

    found = catalog.query.near_text("a blue circle", limit=1)

    assert found.objects[0].properties["color"] == "blue"
