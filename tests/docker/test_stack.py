"""An import and a search through the whole stack of docker/compose.yml, on a real container engine.

Requires the images named by CLIP_IMAGE and WEAVIATE_IMAGE on this engine. pytest-docker brings the
stack up and takes it down.
"""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import weaviate
from weaviate.classes.config import Configure, DataType, Property

from conformance.containers import engine
from conformance.corpus import drawings
from conformance.weaviate.embedded_server import free_ports
from tests.docker.conftest import need_image

COMPOSE = Path(__file__).parents[2] / "docker" / "compose.yml"
SECOND = "http://multi2vec-clip-second:8080"
SEED = drawings.HELD_OUT_SEEDS[0]


@pytest.fixture(scope="session")
def docker_compose_command(docker: str) -> str:  # noqa: ARG001 - it skips
    """The command for Compose: the engine's plugin, or the older standalone program."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return "docker compose --profile second"
    if shutil.which("docker-compose"):
        return "docker-compose --profile second"
    pytest.skip("not run: no Docker Compose")


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    return str(COMPOSE)


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """Without --wait, which not every Compose supports: the start order already waits for the
    encoder."""
    return ["up --detach"]


@pytest.fixture(scope="session")
def docker_compose_project_name(docker_compose_command: str) -> Iterator[str]:
    """A unique name, by which everything is removed at the end, since pytest-docker itself does not
    remove a stack that failed to start."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("WEAVIATE_IMAGE", "CLIP_IMAGE"):
            if name not in os.environ:
                pytest.skip(f"not run: {name} names no image to try")
            need_image(os.environ[name])
        http, grpc = free_ports(2)
        patch.setenv("WEAVIATE_PORT", str(http))
        patch.setenv("WEAVIATE_GRPC_PORT", str(grpc))
        patch.setenv("SECOND_CLIP_IMAGE", os.environ["CLIP_IMAGE"])
        patch.setenv("DISABLE_TELEMETRY", "true")
        name = f"clip-conformance-{uuid4().hex[:8]}"
        yield name
        words = [*docker_compose_command.split(), "-f", str(COMPOSE), "-p", name, "down", "-v"]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
        assert _left_of(name) == ""


def _left_of(project: str) -> str:
    mine = ("--quiet", "--filter", f"label=com.docker.compose.project={project}")
    lists = (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
    return "".join(engine.call(*words, *mine) for words in lists)


@pytest.fixture(scope="session")
def client(docker_services: Any) -> Iterator[weaviate.WeaviateClient]:
    http = docker_services.port_for("weaviate", 8080)
    grpc = docker_services.port_for("weaviate", 50051)
    ready = f"http://127.0.0.1:{http}/v1/.well-known/ready"
    docker_services.wait_until_responsive(lambda: _answers(ready), timeout=120, pause=0.5)
    with closing(weaviate.connect_to_local(port=http, grpc_port=grpc)) as connected:
        yield connected


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


def poster(combination: drawings.Combination) -> str:
    file = BytesIO()
    drawings.draw(combination, SEED, 224).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("inference_url", [None, SECOND], ids=["default", "inferenceUrl"])
def test_an_import_and_a_search_go_through_the_stack(
    client: weaviate.WeaviateClient, inference_url: str | None
) -> None:
    films = client.collections.create(
        f"Film{uuid4().hex[:8]}",
        properties=[
            Property(name="title", data_type=DataType.TEXT),
            Property(name="poster", data_type=DataType.BLOB),
        ],
        vector_config=Configure.Vectors.multi2vec_clip(
            image_fields=["poster"], inference_url=inference_url
        ),
    )
    shown = drawings.combinations()[:6]
    rows = [{"title": str(each), "poster": poster(each)} for each in shown]
    assert not films.data.insert_many(rows).has_errors
    for each in shown:
        caption = drawings.captions(each, "en", "held_out")[0]
        by_text = films.query.near_text(caption, limit=1).objects
        by_image = films.query.near_image(poster(each), limit=1).objects
        assert [found.properties["title"] for found in (*by_text, *by_image)] == [str(each)] * 2
    client.collections.delete(films.name)


def test_the_module_is_what_weaviate_says_it_has(client: weaviate.WeaviateClient) -> None:
    assert "multi2vec-clip" in client.get_meta()["modules"]
