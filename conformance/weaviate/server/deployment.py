"""Weaviate, the endpoint and what stands between them, for the length of a run."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.weaviate.server import containerised, embedded, running_server
from conformance.weaviate.server.running_server import Server
from conformance.weaviate.server.server_selection import ServerSelection
from conformance.weaviate.server.temporary_collections import TemporaryCollections
from conformance.weaviate.wire import proxy
from conformance.weaviate.wire.proxied_exchange import Passed
from conformance.weaviate.wire.proxy import RecordingProxy

if TYPE_CHECKING:
    from weaviate import WeaviateClient

MODULE = "multi2vec-clip"
HELD_PROBES = 2
"""Readiness probes that the suite answers with 503 in the endpoint's stead, to come late."""


@dataclass
class Deployment:
    """A connected Weaviate whose vectors come from the endpoint under test.

    `endpoint_url` is the endpoint as Weaviate is told, by way of `proxy` where there is one.
    """

    server: Server
    client: "WeaviateClient"
    collections: TemporaryCollections
    endpoint_url: str
    proxy: RecordingProxy | None
    version: str

    @property
    def inference_url(self) -> str | None:
        """What a collection has to name as its `inferenceUrl`; None where it is the default."""
        return None if self.server.ours else self.endpoint_url

    def mark(self) -> int:
        """A point in time, for `seen`; 0 without a proxy."""
        return self.proxy.mark() if self.proxy else 0

    def seen(self, mark: int) -> list[Passed]:
        """What Weaviate has asked the endpoint since; nothing without a proxy."""
        return self.proxy.since(mark) if self.proxy else []


@contextmanager
def open_deployment(
    selection: ServerSelection,
    endpoint: str,
    grpc_port: int | None = None,
    as_seen: str | None = None,
) -> Iterator[Deployment]:
    """The Weaviate of `selection` on `endpoint`; raises running_server.Unavailable.

    `as_seen` is the endpoint's URL for a server that does not run on this machine: the proxy, which
    listens on the loopback interface, is left out then.
    """
    if selection.kind in ("embedded", "docker"):
        with _proxy(selection, endpoint) as between:
            between.hold_ready(HELD_PROBES)
            with _run(selection, between.url) as ours, closing(ours.connect()) as client:
                yield _deployment(ours, client, between.url, between)
        return
    theirs = running_server.at(selection.where, grpc_port or running_server.DEFAULT_GRPC_PORT)
    with proxy.in_front_of(endpoint) as between, closing(theirs.connect()) as client:
        url, kept = (as_seen, None) if as_seen else (between.url, between)
        deployment = _deployment(theirs, client, url, kept)
        try:
            yield deployment
        finally:
            deployment.collections.remove_all()


def _proxy(selection: ServerSelection, endpoint: str) -> AbstractContextManager[RecordingProxy]:
    if selection.kind == "embedded":
        return proxy.in_front_of(endpoint)
    return proxy.in_front_of(endpoint, containerised.gateway(), containerised.HOST)


def _run(selection: ServerSelection, url: str) -> AbstractContextManager[Server]:
    if selection.kind == "embedded":
        return embedded.run(url, selection.where)
    return containerised.run(url, selection.where)


def _deployment(
    running: Server, client: "WeaviateClient", url: str, between: RecordingProxy | None
) -> Deployment:
    meta = client.get_meta()
    if MODULE not in meta["modules"]:
        raise running_server.Unavailable(f"the Weaviate at {running.url} runs without {MODULE}")
    version = str(meta["version"])
    return Deployment(running, client, TemporaryCollections(client), url, between, version)
