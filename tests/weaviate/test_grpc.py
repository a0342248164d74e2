"""A Weaviate whose gRPC port is elsewhere: said within seconds, in one line."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.transport.raw_http import LOOPBACK
from conformance.weaviate import embedded_server
from conformance.weaviate.embedded_server import free_ports
from conformance.weaviate.server import NoGrpc, Server, Unavailable, check_grpc
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real Weaviate, as a user runs one."""
    with serve(Endpoint(Encoder())) as url, embedded_server.run(url, real.choice().where) as server:
        yield server


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def test_nobody_there_is_no_grpc() -> None:
    with pytest.raises(NoGrpc):
        check_grpc(LOOPBACK, free_ports(1)[0], secure=False)


def test_a_port_that_says_nothing_is_no_grpc() -> None:
    start = time.monotonic()
    with silent_port() as port, pytest.raises(NoGrpc):
        check_grpc(LOOPBACK, port, secure=False, timeout=1)
    assert time.monotonic() - start < 5


@real.needed
def test_the_rest_port_is_no_grpc(server: Server) -> None:
    elsewhere = replace(server, grpc_port=server.port)
    with pytest.raises(Unavailable, match=r"--weaviate-grpc PORT says where it does$"):
        elsewhere.check_grpc()
    with pytest.raises(Unavailable, match=r"is the REST port .* --weaviate-grpc PORT says"):
        elsewhere.connect()


@real.needed
def test_the_right_port_is_taken(server: Server) -> None:
    server.check_grpc()


@real.needed
def test_a_run_with_the_wrong_port_is_short_and_says_so(
    server: Server, fake_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "conformance", fake_url, "--weights", "stand-in"]
    command += ["--model", "sentence-transformers-clip-ViT-B-32", "-k", "weaviate"]
    where = ["--weaviate", server.url, "--weaviate-grpc", str(free_ports(1)[0])]
    start = time.monotonic()
    subprocess.run(
        [*command, *where, "--report", str(tmp_path)],
        env={**os.environ, "CLIP_WEAVIATE_API_KEY": server.key or ""},
        timeout=120,
        check=False,
    )
    assert time.monotonic() - start < 60
    clauses = json.loads((tmp_path / "report.json").read_text())["clauses"]
    group = [clause for clause in clauses if clause["id"].startswith("WVT")]
    assert {clause["status"] for clause in group} == {"not run"}
    assert "--weaviate-grpc PORT" in json.dumps(group)
