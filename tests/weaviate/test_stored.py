"""`--compare-with weaviate:COLLECTION` on a real server: stored vectors beside the endpoint's."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property

from conformance.weaviate.server import embedded
from conformance.weaviate.server.running_server import Server
from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

pytestmark = real.needed
TAG = "sentence-transformers-clip-ViT-B-32"
TITLES = ("a red circle", "a blue square", "")


class Upgraded(Endpoint):
    """The same model after an upgrade that turned its texts."""

    def text_vector(self, text: str) -> Matrix:
        """One text: (width,)."""
        return np.roll(super().text_vector(text), 1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A Weaviate that holds a user's collection, made by an endpoint that is gone by then."""
    with serve(Endpoint(Encoder())) as url, embedded.run(url, real.choice().where) as server:
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
        yield server


def compare(endpoint: Endpoint, server: Server, collection: str, report: Path) -> tuple[int, str]:
    """Exit status and the status of CMP-04, with its message."""
    with serve(endpoint) as url:
        target = [url, "--model", TAG, "--weights", "stand-in", "--clause", "CMP-04"]
        where = ["--weaviate", server.url, "--weaviate-grpc", str(server.grpc_port)]
        more = ["--compare-with", f"weaviate:{collection}", "--report", str(report)]
        words = [sys.executable, "-m", "conformance", *target, *where, *more]
        env = {**os.environ, "CLIP_WEAVIATE_API_KEY": server.key or ""}
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120)
    clauses = json.loads((report / "report.json").read_text())["clauses"]
    found = next(clause for clause in clauses if clause["id"] == "CMP-04")
    return done.returncode, f"{found['status']}: {[test['message'] for test in found['tests']]}"


def test_the_same_model_passes(server: Server, tmp_path: Path) -> None:
    status, said = compare(Endpoint(Encoder()), server, "Products", tmp_path)
    assert (status, said[:4]) == (0, "pass")


def test_another_model_fails(server: Server, tmp_path: Path) -> None:
    status, said = compare(Upgraded(Encoder()), server, "Products", tmp_path)
    assert status == 1
    assert "3 of 3 objects apart" in said


def test_a_missing_collection_is_said(server: Server, tmp_path: Path) -> None:
    status, said = compare(Endpoint(Encoder()), server, "Nothing", tmp_path)
    assert status == 6
    assert "there is no collection Nothing in that Weaviate" in said
