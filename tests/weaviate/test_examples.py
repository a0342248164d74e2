"""The examples do what they say, one after the other, against a real Weaviate."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.weaviate import embedded_server
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

EXAMPLES = Path(__file__).parents[2] / "examples"
MODULES = EXAMPLES / "typescript" / "node_modules"

PYTHON = {
    "connect": "ready: True",
    "create": "created: True",
    "import_films": "imported: 6",
    "near_text": "a picture of a blue square",
    "hybrid": "a picture of a green triangle",
    "near_image": "a picture of a yellow star",
    "inference_url": "a purple circle by way of",
}
TYPESCRIPT = {
    "ready": "ready: true",
    "create": "created: true",
    "importFilms": "imported: 6",
    "nearText": "a picture of a blue square",
    "hybrid": "a picture of a green triangle",
    "nearImage": "a picture of a yellow star",
    "inferenceUrl": "a purple circle by way of",
}


@pytest.fixture(scope="module")
def surroundings() -> Iterator[dict[str, str]]:
    """The environment variables by which the examples find a Weaviate."""
    with serve(Endpoint(Encoder())) as url, embedded_server.run(url, real.choice().where) as server:
        yield {
            **{name: os.environ[name] for name in ("PATH", "HOME")},
            "WEAVIATE_HOST": server.host,
            "WEAVIATE_PORT": str(server.port),
            "WEAVIATE_GRPC_PORT": str(server.grpc_port),
            "WEAVIATE_API_KEY": server.key or "",
            "INFERENCE_URL": url,
        }


needs_node = pytest.mark.skipif(
    not (MODULES / ".bin" / "tsx").exists(),
    reason="the TypeScript client is not here: npm ci --prefix examples/typescript",
)


def first_line(command: list[str], environment: dict[str, str]) -> str:
    """What a program prints first, after its success."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[0]


@real.needed
def test_python(surroundings: dict[str, str]) -> None:
    folder = EXAMPLES / "python"
    assert {path.stem for path in folder.glob("*.py")} == set(PYTHON)
    for name, words in PYTHON.items():
        assert words in first_line([sys.executable, str(folder / f"{name}.py")], surroundings)


@real.needed
@needs_node
def test_typescript(surroundings: dict[str, str]) -> None:
    folder = EXAMPLES / "typescript"
    assert {path.stem for path in folder.glob("*.ts")} == {*TYPESCRIPT, "connect"}
    for name, words in TYPESCRIPT.items():
        program = [str(MODULES / ".bin" / "tsx"), str(folder / f"{name}.ts")]
        assert words in first_line(program, surroundings)


@needs_node
def test_typescript_types() -> None:
    compiler = str(MODULES / ".bin" / "tsc")
    done = subprocess.run([compiler, "-p", str(EXAMPLES / "typescript")], capture_output=True)
    assert done.returncode == 0, done.stdout


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (EXAMPLES / "typescript" / "package-lock.json").read_text()
