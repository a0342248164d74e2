"""An embedded Weaviate server started by the suite through weaviate-client.

The server runs with one module, without telemetry, on the loopback interface, and with an API key.
"""

import json
import math
import os
import random
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from conformance.data.clauses import DEFAULT_VERSION
from conformance.transport.child_process import ChildProcess, wait_until
from conformance.transport.raw_http import LOOPBACK
from conformance.weaviate.server import Server, Unavailable
from conformance.weaviate.server_selection import check, program

START = 60
"""Seconds from the start of the program until the server must be ready; about 4 is usual."""
STOP = 15
FOLDER = "clip-conformance-weaviate-"
"""Prefix of the temporary directory's name."""
# Below the range that systems use for outgoing connections, so that ports stay free.
PORTS = range(20_000, 32_000)
# The only variables of the user's environment that the server (and the download) may see. With the
# user's PERSISTENCE_DATA_PATH, for example, it would store its objects in the user's directory.
PASSED_ENVIRONMENT = (
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONPATH",
    "SSL_CERT_FILE",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
)


@dataclass(frozen=True)
class Settings:
    """An embedded server. It uses six consecutive ports: HTTP, gRPC, gossip, data, two for Raft."""

    version: str
    port: int
    folder: str
    """Holds the data and the log; removed with the server."""
    endpoint: str
    """The endpoint's URL, as CLIP_INFERENCE_API."""
    key: str
    """The API key, needed since Weaviate opens its gRPC port on every interface."""

    @property
    def data(self) -> Path:
        """The directory with the server's objects."""
        return Path(self.folder, "data")

    @property
    def log(self) -> Path:
        """The server's log."""
        return Path(self.folder, "server.log")

    def environment(self) -> dict[str, str]:
        """The server's variables, as read in weaviate/weaviate 1.39.0, usecases/config."""
        gossip, data, raft, raft_rpc = (str(self.port + offset) for offset in range(2, 6))
        name = f"clip_conformance_{self.port}"
        return {
            **shared_environment(self.endpoint, self.key, str(self.data)),
            "CLUSTER_HOSTNAME": name,
            "CLUSTER_IN_LOCALHOST": "true",
            "CLUSTER_BIND_ADDR": LOOPBACK,
            "CLUSTER_ADVERTISE_ADDR": LOOPBACK,
            "CLUSTER_GOSSIP_BIND_PORT": gossip,
            "CLUSTER_DATA_BIND_PORT": data,
            "RAFT_PORT": raft,
            "RAFT_INTERNAL_RPC_PORT": raft_rpc,
            "RAFT_JOIN": f"{name}:{raft}",
            "RAFT_BOOTSTRAP_EXPECT": "1",
        }


def shared_environment(endpoint: str, key: str, data: str) -> dict[str, str]:
    """The variables of every server that the suite starts, as a program or in a container."""
    return {
        "ENABLE_MODULES": "multi2vec-clip",
        "API_BASED_MODULES_DISABLED": "true",
        "CLIP_INFERENCE_API": endpoint,
        "DISABLE_TELEMETRY": "true",
        "GO_PROFILING_DISABLE": "true",
        "LOG_LEVEL": "info",
        "PERSISTENCE_DATA_PATH": data,
        "QUERY_DEFAULTS_LIMIT": "20",
        # A full disk on a developer's machine must not make the server read-only.
        "DISK_USE_READONLY_PERCENTAGE": "100",
        "DISK_USE_WARNING_PERCENTAGE": "100",
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
        "AUTHENTICATION_APIKEY_ENABLED": "true",
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS": key,
        "AUTHENTICATION_APIKEY_USERS": "clip-conformance",
        "CLUSTER_BASIC_AUTH_USERNAME": "clip-conformance",
        "CLUSTER_BASIC_AUTH_PASSWORD": key,
        # A single node need not wait for others: it becomes the leader after 1 s instead of 8.
        "RAFT_TIMEOUTS_MULTIPLIER": "1",
    }


def passed_environment() -> dict[str, str]:
    """The part of the user's environment that the server may see."""
    return {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}


@contextmanager
def run(endpoint: str, version: str = DEFAULT_VERSION) -> Iterator[Server]:
    """Run a server whose multi2vec-clip uses `endpoint`, and remove it with its data afterward.

    If the program is not in the cache, weaviate-client downloads it. Raises Unavailable.
    """
    settings = _settings(endpoint, check(version))
    supervisor = _launch(settings)
    try:
        server = Server(LOOPBACK, settings.port, settings.port + 1, key=settings.key, ours=True)
        _wait(supervisor, server, settings)
        yield server
    finally:
        # The supervisor exits at the end of its input; anything left after that is killed.
        supervisor.end_input(STOP)
        supervisor.stop()
        shutil.rmtree(settings.folder, ignore_errors=True)


def _settings(endpoint: str, version: str) -> Settings:
    return Settings(
        version=version,
        port=free_ports(6)[0],
        folder=tempfile.mkdtemp(prefix=FOLDER),
        endpoint=endpoint,
        key=secrets.token_hex(16),
    )


def _launch(settings: Settings) -> ChildProcess:
    supervisor = ChildProcess(
        [sys.executable, "-m", "conformance.weaviate.embedded_supervisor"],
        listens=True,
        env=passed_environment(),
        # The current directory may contain a package with the same name as ours.
        cwd=settings.folder,
    )
    supervisor.write_line(json.dumps(asdict(settings)))
    return supervisor


def _wait(supervisor: ChildProcess, server: Server, settings: Settings) -> None:
    def is_ready() -> bool:
        _raise_trouble(supervisor)
        return server.ready()

    def is_downloaded() -> bool:
        _raise_trouble(supervisor)
        return program(settings.version).exists()

    # The supervisor aborts a download that stalls.
    wait_until(is_downloaded, math.inf)
    if not wait_until(is_ready, START):
        raise Unavailable(f"Weaviate {settings.version} was not ready within {START} s")


def _raise_trouble(supervisor: ChildProcess) -> None:
    running = supervisor.running
    line = supervisor.next_line(0 if running else 1)
    if line is not None:
        raise Unavailable(str(json.loads(line)["trouble"]))
    if not running:
        said = supervisor.last_line or "without a message"
        raise Unavailable(f"the embedded Weaviate supervisor exited unexpectedly: {said}")


def free_ports(count: int) -> list[int]:
    """`count` consecutive free ports, on all interfaces."""
    for _ in range(200):
        first = random.choice(PORTS)
        ports = list(range(first, first + count))
        with suppress(OSError), ExitStack() as held:
            for port, kind in product(ports, (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
                # Check every interface, since Weaviate opens its gRPC port on all of them.
                held.enter_context(socket.socket(socket.AF_INET, kind)).bind(("", port))
            return ports
    raise Unavailable(f"no {count} consecutive free ports between {PORTS.start} and {PORTS.stop}")
