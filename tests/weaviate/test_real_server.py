"""The examples work with a real Weaviate server, which has the defects that the contract describes.

One defect is that weights are assigned to the rows of a response one by one, regardless of the
field that each row comes from. If a Weaviate version fixes it, a test here fails, and
fixtures/contract.md.jinja must be updated.
"""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from weaviate import WeaviateClient
from weaviate.classes.config import Configure, DataType, Multi2VecField, Property
from weaviate.exceptions import UnexpectedStatusCodeError, WeaviateInsertManyAllFailedError

from conformance import Report, run
from conformance.data.tolerances import REPEATED, Array, distance
from conformance.weaviate import embedded_server
from conformance.weaviate.deployment import Objects
from conformance.weaviate.documented_collection import VECTOR, stored_vector
from conformance.weaviate.embedded_server import free_ports
from conformance.weaviate.expected_results import combined
from conformance.weaviate.server import KEY, Server, Unavailable
from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

pytestmark = real.needed
EXAMPLES = Path(__file__).parents[2] / "examples"
TSX = EXAMPLES / "typescript" / "node_modules" / ".bin" / "tsx"
needs_node = pytest.mark.skipif(
    not TSX.exists(),
    reason="the TypeScript client is not here: npm ci --prefix examples/typescript",
)
SAID = [
    "created: True",
    "imported: 6",
    "a picture of a blue square",
    "a picture of a green triangle",
    "a picture of a yellow star",
    "a purple circle through",
]
"""The beginnings of the examples' output, in the order of the steps in examples/README.md."""
PYTHON = ["create", "import_films", "near_text", "hybrid", "near_image", "inference_url"]
TYPESCRIPT = ["create", "importFilms", "nearText", "hybrid", "nearImage", "inferenceUrl"]

TITLE, TAG = "a red circle", "blue"
COLORS = ("red", "green", "blue", "yellow", "black", "purple")
PAIRS = [(f"a {color} circle", f"{color} things") for color in COLORS * 2]
PANIC = r"panic occurred: runtime error: index out of range \[2\] with length 2"


@pytest.fixture(scope="module")
def server(endpoint_url: str) -> Iterator[Server]:
    """A real Weaviate server that uses the endpoint, started as a user would start it."""
    with embedded_server.run(endpoint_url, real.version()) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[WeaviateClient]:
    with server.connect() as connected:
        yield connected


def text_vector(text: str) -> Array:
    """The endpoint's vector for a text: (d,)."""
    return Endpoint(Encoder()).text_vector(text)


# --- examples/ ---


def test_the_python_examples_run(
    server: Server,
    endpoint_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = EXAMPLES / "python"
    assert {path.stem for path in folder.glob("*.py")} == {*PYTHON, "connect"}
    monkeypatch.syspath_prepend(folder)
    for name, value in real.environment(server, endpoint_url).items():
        monkeypatch.setenv(name, value)
    for name, words in zip(["connect", *PYTHON], ["ready: True", *SAID], strict=True):
        runpy.run_path(str(folder / f"{name}.py"), run_name="__main__")
        assert words in capsys.readouterr().out.splitlines()[0]
    monkeypatch.delitem(sys.modules, "connect")


@needs_node
def test_the_typescript_examples_run(server: Server, endpoint_url: str, tmp_path: Path) -> None:
    folder = EXAMPLES / "typescript"
    assert {path.stem for path in folder.glob("*.ts")} == {*TYPESCRIPT, "connect", "ready"}
    modules = [(folder / f"{name}.ts").as_uri() for name in ["ready", *TYPESCRIPT]]
    program = tmp_path / "all.mts"
    program.write_text(
        "".join(f"await import('{module}');\nconsole.log();\n" for module in modules)
    )
    environment = real.environment(server, endpoint_url)
    done = subprocess.run([TSX, program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = [part.splitlines()[0] for part in done.stdout.split("\n\n") if part]
    for words, first in zip(["ready: True", *SAID], printed, strict=True):
        assert words.lower() in first


@needs_node
def test_the_typescript_examples_have_right_types() -> None:
    compiler = TSX.with_name("tsc")
    done = subprocess.run([compiler, "-p", EXAMPLES / "typescript"], capture_output=True)
    assert done.returncode == 0, done.stdout


# --- ports ---


def test_the_rest_port_is_no_grpc(server: Server) -> None:
    server.check_grpc()
    elsewhere = replace(server, grpc_port=server.port)
    with pytest.raises(Unavailable, match=r"--weaviate-grpc \[HOST:\]PORT specifies another one$"):
        elsewhere.check_grpc()
    with pytest.raises(Unavailable, match=r"is the REST port .* PORT specifies its gRPC"):
        elsewhere.connect()


def run_on(server: Server, url: str, **options: Any) -> Report:
    options = {"weaviate_grpc": str(server.grpc_port), **options}
    model = "sentence-transformers-clip-ViT-B-32"
    return run(url, model=model, weights="stand-in", weaviate=server.url, **options)


@pytest.fixture
def api_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's API key, in the variable in which the suite looks for it."""
    monkeypatch.setenv(KEY, str(server.key))


@pytest.mark.usefixtures("api_key")
def test_a_run_with_the_wrong_port_says_so(server: Server, endpoint_url: str) -> None:
    report = run_on(server, endpoint_url, group=["WVT"], weaviate_grpc=str(free_ports(1)[0]))
    group = [row for row in report.document["clauses"] if row["id"].startswith("WVT")]
    assert {clause["status"] for clause in group} == {"not run"}
    assert "--weaviate-grpc [HOST:]PORT" in json.dumps(group)


@pytest.mark.usefixtures("api_key")
def test_an_endpoint_that_weaviate_cannot_reach_is_not_accused(
    server: Server, endpoint_url: str
) -> None:
    nobody = f"http://127.0.0.1:{free_ports(1)[0]}"
    report = run_on(server, endpoint_url, clause=["WVT-11"], endpoint_for_weaviate=nobody)
    clause = report.clauses["WVT-11"]
    assert clause.status == "not run"
    message = rf"cannot connect to the endpoint at {nobody} \(dial tcp .* connection refused\)"
    assert re.search(message, clause.tests[0].message)
    assert not report.findings


# --- weights and a list of texts ---


@pytest.fixture
def lists(client: WeaviateClient) -> Iterator[Objects]:
    """A collection with weights for a list of texts and for a text."""
    fields = [Multi2VecField(name="tags", weight=0.2), Multi2VecField(name="title", weight=0.8)]
    kinds = {"tags": DataType.TEXT_ARRAY, "title": DataType.TEXT}
    yield client.collections.create(
        "Lists",
        properties=[Property(name=name, data_type=kind) for name, kind in kinds.items()],
        vector_config=[Configure.Vectors.multi2vec_clip(name=VECTOR, text_fields=fields)],
    )
    client.collections.delete("Lists")


def test_one_entry_a_list_is_weighted_as_configured(lists: Objects) -> None:
    stored = stored_vector(lists, lists.data.insert({"title": TITLE, "tags": [TAG]}))
    expected = combined([text_vector(TAG), text_vector(TITLE)], (0.2, 0.8))
    assert distance(stored, expected) <= REPEATED


@pytest.mark.parametrize("properties", [{"title": TITLE}, {"title": TITLE, "tags": []}])
def test_without_an_entry_the_text_gets_the_weight_of_the_list(
    lists: Objects, properties: dict[str, object]
) -> None:
    stored = stored_vector(lists, lists.data.insert(properties))
    assert distance(stored, text_vector(TITLE) * np.float32(0.2)) <= REPEATED


def test_with_two_entries_the_server_panics_and_goes_on(
    lists: Objects, client: WeaviateClient
) -> None:
    good, bad = {"title": TITLE, "tags": [TAG]}, {"title": TITLE, "tags": [TAG, "green"]}
    with pytest.raises(UnexpectedStatusCodeError, match=PANIC):
        lists.data.insert(bad)
    assert client.is_ready()
    with pytest.raises(WeaviateInsertManyAllFailedError, match=PANIC):
        lists.data.insert_many([good, bad])


# --- --compare-with a collection ---


class Upgraded(Endpoint):
    """The same model after an upgrade that changed its text vectors."""

    def text_vector(self, text: str) -> Matrix:
        """One text: (width,)."""
        return np.roll(super().text_vector(text), 1)


@pytest.fixture(scope="module")
def filled(client: WeaviateClient) -> None:
    """Collections with two texts, whose vectors were combined by this server or as by other
    versions."""
    own, swapped = two_texts(client, "Own"), two_texts(client, "Swapped")
    own.data.insert({"title": "a title without a caption"})
    for title, caption in PAIRS:
        properties = {"title": title, "caption": caption}
        own.data.insert(properties)
        # Captions come first in alphabetical order, and titles come first in the configuration.
        right = combined([text_vector(caption), text_vector(title)], (0.2, 0.8))
        swapped.data.insert(properties, vector=right.tolist())


def two_texts(client: WeaviateClient, name: str) -> Objects:
    """An empty collection whose vectors are made from two weighted texts."""
    fields = [Multi2VecField(name="title", weight=0.8), Multi2VecField(name="caption", weight=0.2)]
    return client.collections.create(
        name,
        properties=[Property(name=n, data_type=DataType.TEXT) for n in ("title", "caption")],
        vector_config=Configure.Vectors.multi2vec_clip(text_fields=fields),
    )


@pytest.mark.usefixtures("filled", "api_key")
@pytest.mark.parametrize(
    ("endpoint", "collection", "status", "says"),
    [
        (Endpoint, "Own", 0, "13 of 13 queries return the same top 10"),
        (Upgraded, "Own", 1, "a different model or version: no combination of the"),
        (Endpoint, "Nothing", 6, "there is no collection Nothing at http"),
        (Endpoint, "Swapped", 1, "weights in a different order (fits 12 of 12 objects"),
    ],
)
def test_stored_vectors_are_compared(
    server: Server, endpoint: type[Endpoint], collection: str, status: int, says: str
) -> None:
    with serve(endpoint(Encoder())) as url:
        compared = f"weaviate:{collection}"
        report = run_on(server, url, clause=["CMP-04"], compare_with=compared)
    assert report.exit_status == status
    assert says in json.dumps(report.document, ensure_ascii=False)
