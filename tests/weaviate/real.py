"""Real Weaviate servers for the project's own tests, if the binary is in the client's cache."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.transport.child_process import ChildProcess, wait_until
from conformance.transport.raw_http import LOOPBACK
from conformance.weaviate.embedded_server import Settings, free_ports, passed_environment
from conformance.weaviate.server import Server
from conformance.weaviate.server_selection import TURN_ON, at_hand, program

needed = pytest.mark.skipif(at_hand() is None, reason=TURN_ON)
HANG = 120.0
"""Seconds after which a server has hung."""
KEY = "a-key-for-a-test"


def version() -> str:
    found = at_hand()
    assert found is not None
    return found


@dataclass(frozen=True)
class BareServer:
    """A server with settings that the suite itself never uses, and its log."""

    server: Server
    log: Path
    process: ChildProcess

    def says(self, words: str) -> bool:
        return bool(wait_until(lambda: words in self.log.read_text(errors="replace"), HANG))

    def is_ready(self) -> bool:
        wait_until(lambda: self.server.ready() or not self.process.running, HANG)
        return self.process.running


@contextmanager
def started(folder: Path, endpoint: str, changes: Mapping[str, str | None]) -> Iterator[BareServer]:
    """The server, started with `changes` to its environment; None removes a variable."""
    settings = Settings(version(), free_ports(6)[0], str(folder), endpoint, KEY)
    own = {"GRPC_PORT": str(settings.port + 1)}
    environment = {**passed_environment(), **settings.environment(), **own, **changes}
    words = [str(program(settings.version)), "--host", LOOPBACK]
    words += ["--port", str(settings.port), "--scheme", "http"]
    given = {name: value for name, value in environment.items() if value is not None}
    log = folder / "server.log"
    log.touch()
    redirected = ["sh", "-c", 'exec "$0" "$@" >server.log 2>&1', *words]
    with ChildProcess(redirected, env=given, cwd=folder) as process:
        server = Server(LOOPBACK, settings.port, settings.port + 1, key=KEY, ours=True)
        yield BareServer(server, log, process)


def environment(server: Server, endpoint: str) -> dict[str, str]:
    """The variables from which the examples learn the address of a Weaviate server."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME")},
        "WEAVIATE_HOST": server.host,
        "WEAVIATE_PORT": str(server.port),
        "WEAVIATE_GRPC_PORT": str(server.grpc_port),
        "WEAVIATE_API_KEY": server.key or "",
        "INFERENCE_URL": endpoint,
    }
