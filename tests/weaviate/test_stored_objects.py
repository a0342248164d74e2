"""`--compare-with weaviate:COLLECTION` on a real server: stored vectors beside the endpoint's."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from weaviate import WeaviateClient
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property

from conformance.weaviate import embedded_server
from conformance.weaviate.deployment import Objects
from conformance.weaviate.expected_results import combined
from conformance.weaviate.server import Server
from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

pytestmark = real.needed
TAG = "sentence-transformers-clip-ViT-B-32"
TITLES = ("a red circle", "a blue square", "")
COLOURS = ("red", "green", "blue", "yellow", "black", "purple")
PAIRS = [(f"a {colour} circle", f"{colour} things") for colour in COLOURS * 2]
TITLE_WEIGHT, CAPTION_WEIGHT = 0.8, 0.2


class Upgraded(Endpoint):
    """The same model after an upgrade that turned its texts."""

    def text_vector(self, text: str) -> Matrix:
        """One text: (width,)."""
        return np.roll(super().text_vector(text), 1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A Weaviate that holds a user's collection, made by an endpoint that is gone by then."""
    with serve(Endpoint(Encoder())) as url, embedded_server.run(url, real.choice().where) as server:
        with server.connect() as client:
            made = client.collections.create(
                "Products",
                properties=[Property(name=n, data_type=DataType.TEXT) for n in ("title", "note")],
                vector_config=Configure.Vectors.multi2vec_clip(
                    text_fields=[Multi2VecField(name="title", weight=1.0)]
                ),
            )
            for title in TITLES:
                made.data.insert({"title": title, "note": "not vectorised"})
            fill(client, Endpoint(Encoder()))
        yield server


def fill(client: WeaviateClient, endpoint: Endpoint) -> None:
    """Collections with two texts: by the server itself, and as servers have done it otherwise."""
    own, unweighted, swapped = (two_texts(client, n) for n in ("Own", "Unweighted", "Swapped"))
    own.data.insert({"title": "a title without a caption"})
    for title, caption in PAIRS:
        rows = [endpoint.text_vector(caption), endpoint.text_vector(title)]
        properties = {"title": title, "caption": caption}
        own.data.insert(properties)
        unweighted.data.insert(properties, vector=combined(rows).tolist())
        # Captions come first in the alphabet, titles in the configuration.
        right = combined(rows, (CAPTION_WEIGHT, TITLE_WEIGHT))
        swapped.data.insert(properties, vector=right.tolist())


def two_texts(client: WeaviateClient, name: str) -> Objects:
    """An empty collection whose vectors two weighted texts make."""
    fields = [
        Multi2VecField(name="title", weight=TITLE_WEIGHT),
        Multi2VecField(name="caption", weight=CAPTION_WEIGHT),
    ]
    return client.collections.create(
        name,
        properties=[Property(name=n, data_type=DataType.TEXT) for n in ("title", "caption")],
        vector_config=Configure.Vectors.multi2vec_clip(text_fields=fields),
    )


def compare(endpoint: Endpoint, server: Server, collection: str, report: Path) -> tuple[int, str]:
    """Exit status and the status of CMP-04, with its message and what was measured."""
    with serve(endpoint) as url:
        target = [url, "--model", TAG, "--weights", "stand-in", "--clause", "CMP-04"]
        where = ["--weaviate", server.url, "--weaviate-grpc", str(server.grpc_port)]
        more = ["--compare-with", f"weaviate:{collection}", "--report", str(report)]
        words = [sys.executable, "-m", "conformance", *target, *where, *more]
        env = {**os.environ, "CLIP_WEAVIATE_API_KEY": server.key or ""}
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120)
    told = json.loads((report / "report.json").read_text())
    found = next(clause for clause in told["clauses"] if clause["id"] == "CMP-04")
    messages = [test["message"] for test in found["tests"]]
    return done.returncode, f"{found['status']}: {messages} {told['measurements']}"


def test_the_same_model_passes(server: Server, tmp_path: Path) -> None:
    status, said = compare(Endpoint(Encoder()), server, "Products", tmp_path)
    assert (status, said[:4]) == (0, "pass")


def test_another_model_fails(server: Server, tmp_path: Path) -> None:
    status, said = compare(Upgraded(Encoder()), server, "Products", tmp_path)
    assert status == 1
    assert "3 of 3 objects apart" in said
    assert "No combination of the endpoint's vectors fits: another model" in said


def test_a_missing_collection_is_said(server: Server, tmp_path: Path) -> None:
    status, said = compare(Endpoint(Encoder()), server, "Nothing", tmp_path)
    assert status == 6
    assert "there is no collection Nothing in that Weaviate" in said


def test_a_field_that_is_missing_is_combined_as_the_server_does(
    server: Server, tmp_path: Path
) -> None:
    status, said = compare(Endpoint(Encoder()), server, "Own", tmp_path)
    assert (status, said[:4]) == (0, "pass")
    assert "13 of 13 queries return the same top 10" in said


@pytest.mark.parametrize(
    ("collection", "way"),
    [("Unweighted", "weights ignored"), ("Swapped", "weights in another order")],
)
def test_the_way_that_vectors_were_combined_is_named(
    server: Server, tmp_path: Path, collection: str, way: str
) -> None:
    status, said = compare(Endpoint(Encoder()), server, collection, tmp_path)
    assert status == 1
    assert f"Best fit: {way} (12 of 12 objects fit" in said
