"""Fixtures for the Weaviate tests: an endpoint, and a fake program that replaces Weaviate."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.data.clauses import DEFAULT_VERSION
from conformance.weaviate import embedded_server, server_selection
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve

PROGRAM = f"""#!{sys.executable}
import http.server, os, pathlib, socket, sys
pathlib.Path(os.environ["PERSISTENCE_DATA_PATH"], "objects.db").write_text("x")
if "refuse" in os.environ["CLIP_INFERENCE_API"]:
    sys.exit('{{"level":"fatal","msg":"cannot start","error":"no module"}}')
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
grpc = socket.create_server(("127.0.0.1", int(os.environ["GRPC_PORT"])))
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""


def leftovers() -> list[Path]:
    """The servers' data directories; none once every server has been removed."""
    return sorted(Path(tempfile.gettempdir()).glob(f"{embedded_server.FOLDER}*"))


@pytest.fixture(scope="session")
def endpoint_url() -> Iterator[str]:
    """A conformant endpoint over a fake encoder that aligns texts and drawings."""
    with serve(Endpoint(Encoder())) as url:
        yield url


@pytest.fixture
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a separate temporary directory, so that a parallel run's data is not seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(server_selection, "cache", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def fake_program(empty_cache: Path) -> str:
    """A program in the cache that starts and stops like Weaviate and does nothing else."""
    path = server_selection.program(DEFAULT_VERSION)
    path.write_text(PROGRAM)
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    assert os.access(path, os.X_OK)
    assert path.parent == empty_cache
    return DEFAULT_VERSION
