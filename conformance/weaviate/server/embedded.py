"""A Weaviate of the suite's own: weaviate-client's embedded mode, held by a program beside us."""

import json
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from conformance.weaviate.server import binary
from conformance.weaviate.server.embedded_settings import Settings, passed_environment
from conformance.weaviate.server.running_server import Server, Unavailable
from conformance.weaviate.wire import ports

START = 60
"""Seconds from a program in place to a server that is ready; about 4 are usual."""
STOP = 15
FOLDER = "clip-conformance-weaviate-"
"""What the name of the temporary folder starts with."""


@contextmanager
def run(endpoint: str, version: str = binary.DEFAULT_VERSION) -> Iterator[Server]:
    """A ready server with multi2vec-clip pointed at `endpoint`; gone, with its data, afterwards.

    Downloads as the client does where the program is not in its cache. Raises Unavailable.
    """
    settings = _settings(endpoint, binary.check(version))
    supervisor = _launch(settings)
    try:
        server = Server(
            ports.LOOPBACK, settings.port, settings.port + 1, key=settings.key, ours=True
        )
        _wait(supervisor, server, settings)
        yield server
    finally:
        _stop(supervisor)
        shutil.rmtree(settings.folder, ignore_errors=True)


def _settings(endpoint: str, version: str) -> Settings:
    return Settings(
        version=version,
        port=ports.run_of(6)[0],
        folder=tempfile.mkdtemp(prefix=FOLDER),
        endpoint=endpoint,
        key=secrets.token_hex(16),
    )


def _launch(settings: Settings) -> subprocess.Popen[str]:
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "conformance.weaviate.server.supervisor"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=passed_environment(),
        # The caller's folder may hold a package named like ours.
        cwd=settings.folder,
        # A group of its own: Ctrl-C is for us alone, and the group can be ended as one.
        start_new_session=True,
    )
    assert supervisor.stdin is not None
    with suppress(BrokenPipeError):
        supervisor.stdin.write(json.dumps(settings.as_dict()) + "\n")
        supervisor.stdin.flush()
    return supervisor


def _wait(supervisor: subprocess.Popen[str], server: Server, settings: Settings) -> None:
    program = binary.program(settings.version)
    started = time.monotonic()
    while not server.ready():
        _raise_trouble(supervisor)
        if not program.exists():
            started = time.monotonic()
        if time.monotonic() - started > START:
            raise Unavailable(f"Weaviate {settings.version} was not ready within {START} s")
        time.sleep(0.1)


def _raise_trouble(supervisor: subprocess.Popen[str]) -> None:
    assert supervisor.stdout is not None
    if not select.select([supervisor.stdout], [], [], 0)[0]:
        return
    line = supervisor.stdout.readline()
    if not line:
        raise Unavailable("the program that holds Weaviate ended without a word")
    raise Unavailable(str(json.loads(line)["trouble"]))


def _stop(supervisor: subprocess.Popen[str]) -> None:
    """The end of its input makes the supervisor end; whatever is left after that is killed."""
    assert supervisor.stdin is not None
    assert supervisor.stdout is not None
    with suppress(BrokenPipeError):
        supervisor.stdin.close()
    try:
        supervisor.wait(STOP)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
    supervisor.stdout.close()


def leftovers() -> list[Path]:
    """The data folders that exist now; none once every server is gone."""
    return sorted(Path(tempfile.gettempdir()).glob(f"{FOLDER}*"))
