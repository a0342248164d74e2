"""A Weaviate container started by the suite, with an endpoint outside the container.

The container reaches the suite's proxy, which runs on this machine, by the name `HOST`. On Linux
that name is the gateway of the engine's own network, an address of this machine, so the proxy
listens there; an engine in a virtual machine (Docker Desktop) forwards it to the loopback
interface.
"""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.containers import engine
from conformance.containers.container import Container, ContainerOptions
from conformance.containers.engine import ContainerTrouble
from conformance.transport.child_process import wait_until
from conformance.transport.raw_http import LOOPBACK
from conformance.weaviate.embedded_server import shared_environment
from conformance.weaviate.server import Server, Unavailable

HTTP, GRPC = 8080, 50051
COMMAND = ("--host", "0.0.0.0", "--port", str(HTTP), "--scheme", "http")
"""The arguments from the documentation page's compose file, for the image's entry point."""
DATA = "/var/lib/weaviate"
START = 120
"""Seconds from the container's start until the server must be ready; about 5 is usual."""


def gateway() -> str:
    """This machine's address as seen from containers; raises Unavailable without an engine."""
    try:
        found = engine.call(
            "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"
        )
    except ContainerTrouble as trouble:
        raise Unavailable(f"Weaviate does not run in a container here: {trouble}") from trouble
    return found.strip() if _is_ours(found.strip()) else LOOPBACK


def _is_ours(address: str) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind((address, 0))
        except OSError:
            return False
    return True


@contextmanager
def run(endpoint: str, image: str) -> Iterator[Server]:
    """Run a server whose multi2vec-clip uses `endpoint`, and remove it with its data afterward.

    The image is pulled if it is not here. Raises Unavailable.
    """
    key = secrets.token_hex(16)
    environment = {**shared_environment(endpoint, key, DATA), "CLUSTER_HOSTNAME": "node1"}
    chosen = ContainerOptions(
        environment, port=HTTP, more_ports=(GRPC,), command=COMMAND, sees_host=True
    )
    try:
        with Container(image, chosen) as container:
            server = _server(container, key)
            _wait(container, server)
            yield server
    except ContainerTrouble as trouble:
        raise Unavailable(f"Weaviate does not run in a container here: {trouble}") from trouble


def _server(container: Container, key: str) -> Server:
    http, grpc = (int(container.published(port).rpartition(":")[2]) for port in (HTTP, GRPC))
    return Server(LOOPBACK, http, grpc, key=key, ours=True)


def _wait(container: Container, server: Server) -> None:
    def is_ready() -> bool:
        if not container.running:
            raise container.died()
        return server.ready()

    if not wait_until(is_ready, START):
        last = container.last_log_line()
        raise Unavailable(f"{container.image} was not ready within {START} s: {last}")
