"""The examples do what they say, one after the other, against a real Weaviate."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.weaviate.content import typescript_client
from conformance.weaviate.server import embedded
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

EXAMPLES = Path(__file__).parents[2] / "examples"

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
    with serve(Endpoint(Encoder())) as url, embedded.run(url, real.choice().where) as server:
        yield {
            **{name: os.environ[name] for name in ("PATH", "HOME")},
            "WEAVIATE_HOST": server.host,
            "WEAVIATE_PORT": str(server.port),
            "WEAVIATE_GRPC_PORT": str(server.grpc_port),
            "WEAVIATE_API_KEY": server.key or "",
            "INFERENCE_URL": url,
        }


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the examples beside the modules that the suite's own program has."""
    copy = tmp_path_factory.mktemp("examples")
    (copy / "posters").symlink_to(EXAMPLES / "posters")
    folder = copy / "typescript"
    folder.mkdir()
    for file in (EXAMPLES / "typescript").glob("*.*"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "node_modules").symlink_to(typescript_client.FOLDER / "node_modules")
    return folder


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
@pytest.mark.skipif(
    not typescript_client.RUNNER.exists(), reason="the TypeScript client is not here"
)
def test_typescript(surroundings: dict[str, str], modules: Path) -> None:
    assert {path.stem for path in modules.glob("*.ts")} == {*TYPESCRIPT, "connect"}
    for name, words in TYPESCRIPT.items():
        assert words in first_line(
            [str(typescript_client.RUNNER), f"{modules}/{name}.ts"], surroundings
        )


@pytest.mark.skipif(
    not typescript_client.RUNNER.exists(), reason="the TypeScript client is not here"
)
def test_typescript_types(modules: Path) -> None:
    compiler = str(modules / "node_modules" / ".bin" / "tsc")
    for folder in (modules, typescript_client.FOLDER):
        done = subprocess.run([compiler, "-p", str(folder)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_the_lock_files_name_no_registry() -> None:
    for folder in (typescript_client.FOLDER, EXAMPLES / "typescript"):
        assert "resolved" not in (folder / "package-lock.json").read_text()
