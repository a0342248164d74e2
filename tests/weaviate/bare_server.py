"""A real Weaviate with settings that the suite's own would never have, and what it says then."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conformance.transport.raw_http import LOOPBACK
from conformance.weaviate import server_selection
from conformance.weaviate.embedded_server import Settings, free_ports, passed_environment
from conformance.weaviate.server import Server
from tests.weaviate import real

SOON = 60.0
KEY = "a-key-for-a-test"


@dataclass(frozen=True)
class BareServer:
    """The server, and the file that it logs to."""

    server: Server
    log: Path
    process: subprocess.Popen[bytes]

    def says(self, words: str, seconds: float = SOON) -> bool:
        """Whether the log has these words, in time."""
        deadline = time.monotonic() + seconds
        while words not in self.log.read_text(errors="replace"):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def is_ready(self, seconds: float = SOON) -> bool:
        """Whether it gets ready in time."""
        deadline = time.monotonic() + seconds
        while not self.server.ready():
            if time.monotonic() > deadline or self.process.poll() is not None:
                return False
            time.sleep(0.1)
        return True


@contextmanager
def started(folder: Path, endpoint: str, changes: Mapping[str, str | None]) -> Iterator[BareServer]:
    """The server with `changes` of its environment; None takes a variable out."""
    version = real.choice().where
    settings = Settings(version, free_ports(6)[0], str(folder), endpoint, KEY)
    own = {"GRPC_PORT": str(settings.port + 1)}
    environment = {**passed_environment(), **settings.environment(), **own, **changes}
    words = [str(server_selection.program(version)), "--host", LOOPBACK]
    words += ["--port", str(settings.port), "--scheme", "http"]
    given = {name: value for name, value in environment.items() if value is not None}
    log = folder / "server.log"
    with (
        log.open("wb") as file,
        subprocess.Popen(words, env=given, cwd=folder, stdout=file, stderr=file) as process,
    ):
        server = Server(LOOPBACK, settings.port, settings.port + 1, key=KEY, ours=True)
        try:
            yield BareServer(server, log, process)
        finally:
            process.terminate()
