"""Weaviate, the endpoint, and the proxy between them, for the duration of a run.

`attributed` decides from the proxied traffic whether the endpoint caused a Weaviate error.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.containers.container import HOST
from conformance.data.messages import one_line
from conformance.expect import Nonconformity
from conformance.weaviate import docker_server, embedded_server
from conformance.weaviate.recording_proxy import Passed, RecordingProxy
from conformance.weaviate.server import Server, Unavailable, server_at
from conformance.weaviate.server_selection import CLIENT, ServerSelection, has_client

if TYPE_CHECKING:
    from weaviate import WeaviateClient
    from weaviate.collections import Collection

Objects: TypeAlias = "Collection[dict[str, Any], None]"
"""A collection as weaviate-client represents it."""
PREFIX = "ClipConformance"
MESSAGE_LENGTH = 500
SUCCESS = "success, as for any endpoint that follows the contract"

MODULE = "multi2vec-clip"
NOT_CONNECTED = r"dial tcp.*?: (no such host|connection refused|.* unreachable|i/o timeout)"
"""What Go reports if it cannot establish a connection."""
HELD_PROBES = 2
"""Number of readiness probes that the suite answers with 503, as if the endpoint started slowly."""


class TemporaryCollections:
    """Creates collections with a random suffix, and removes exactly those."""

    def __init__(self, client: "WeaviateClient") -> None:
        self.client = client
        self.suffix = secrets.token_hex(4)
        self.created: list[str] = []

    def name(self, purpose: str) -> str:
        """A new name, which is removed at the end; `purpose` starts with a capital letter."""
        name = f"{PREFIX}{purpose}_{self.suffix}_{len(self.created)}"
        self.created.append(name)
        return name

    def create(self, purpose: str, **settings: Any) -> Objects:
        """A new collection; `settings` are arguments of weaviate-client's own `create`."""
        return self.client.collections.create(self.name(purpose), **settings)

    def remove_all(self) -> None:
        """Remove the collections that this run has created, even after errors."""
        from weaviate.exceptions import WeaviateBaseError

        delete: Callable[[str], None] = self.client.collections.delete
        for name in self.created:
            with suppress(WeaviateBaseError):
                delete(name)


@dataclass
class Deployment:
    """A connected Weaviate server that gets its vectors from the endpoint under test.

    `endpoint_url` is the endpoint's URL for Weaviate, through `proxy` if there is one.
    """

    server: Server
    client: "WeaviateClient"
    collections: TemporaryCollections
    endpoint_url: str
    proxy: RecordingProxy | None
    version: str

    @property
    def inference_url(self) -> str | None:
        """The `inferenceUrl` that a collection must name; None if it is the default."""
        return None if self.server.ours else self.endpoint_url

    def mark(self) -> int:
        """A position for `seen`; 0 without a proxy."""
        return self.proxy.mark() if self.proxy else 0

    def seen(self, mark: int) -> list[Passed]:
        """Weaviate's requests to the endpoint since then; none without a proxy."""
        return self.proxy.since(mark) if self.proxy else []


@contextmanager
def open_deployment(
    selection: ServerSelection,
    endpoint: str,
    grpc: str | None = None,
    as_seen: str | None = None,
) -> Iterator[Deployment]:
    """The Weaviate server of `selection`, connected to `endpoint`; raises Unavailable.

    `as_seen` is the endpoint's URL for a server on another machine. The proxy, which listens on the
    loopback interface, is then left out.
    """
    if not has_client():
        raise Unavailable(CLIENT)
    if selection.kind in ("embedded", "docker"):
        with _proxy(selection, endpoint) as between:
            between.hold_ready(HELD_PROBES)
            with _run(selection, between.url) as ours, closing(ours.connect()) as client:
                yield _deployment(ours, client, between.url, between)
        return
    theirs = server_at(selection.where, grpc)
    with RecordingProxy(endpoint).running() as between, closing(theirs.connect()) as client:
        url, kept = (as_seen, None) if as_seen else (between.url, between)
        deployment = _deployment(theirs, client, url, kept)
        try:
            _require_connection(deployment)
            yield deployment
        finally:
            deployment.collections.remove_all()


def _proxy(selection: ServerSelection, endpoint: str) -> AbstractContextManager[RecordingProxy]:
    if selection.kind == "embedded":
        return RecordingProxy(endpoint).running()
    return RecordingProxy(endpoint, docker_server.gateway(), HOST).running()


def _run(selection: ServerSelection, url: str) -> AbstractContextManager[Server]:
    if selection.kind == "embedded":
        return embedded_server.run(url, selection.where)
    return docker_server.run(url, selection.where)


def _deployment(
    running: Server, client: "WeaviateClient", url: str, between: RecordingProxy | None
) -> Deployment:
    meta = client.get_meta()
    if MODULE not in meta["modules"]:
        raise Unavailable(f"the Weaviate server at {running.url} runs without {MODULE}")
    version = str(meta["version"])
    return Deployment(running, client, TemporaryCollections(client), url, between, version)


def _require_connection(deployment: Deployment) -> None:
    """Raises Unavailable if the user's server cannot connect to the endpoint's URL."""
    from weaviate.classes.config import Configure, DataType, Property
    from weaviate.exceptions import WeaviateBaseError

    url = deployment.inference_url
    vectors = Configure.Vectors.multi2vec_clip(text_fields=["text"], inference_url=url)
    text = [Property(name="text", data_type=DataType.TEXT)]
    try:
        objects = deployment.collections.create("Connect", properties=text, vector_config=vectors)
        objects.data.insert({"text": "a red circle"})
    except WeaviateBaseError as problem:
        if found := re.search(NOT_CONNECTED, error_text(problem)):
            what = "the suite's proxy" if deployment.proxy else "the endpoint"
            raise Unavailable(
                f"the Weaviate server at {deployment.server.url} cannot connect to {what} at {url} "
                f"({found[0]}): --endpoint-for-weaviate specifies the endpoint's URL as seen from "
                "Weaviate"
            ) from problem


@contextmanager
def attributed(deployment: Deployment, what: str) -> Iterator[None]:
    """Attribute a Weaviate error to the endpoint if the endpoint caused it.

    Without a proxy the cause is unknown, and an error counts as the endpoint's.
    """
    from weaviate.exceptions import WeaviateBaseError

    mark = deployment.mark()
    try:
        yield
    except WeaviateBaseError as problem:
        if deployment.proxy and not failures(deployment, mark):
            raise
        raise failed(deployment, mark, f"{what}: {error_text(problem)}") from problem


def failed(deployment: Deployment, mark: int, got: str) -> Nonconformity:
    """The failure to raise, with the exchanges that show it."""
    exchanges = [passed.to_exchange() for passed in failures(deployment, mark)]
    return Nonconformity(got, SUCCESS, tuple(exchanges))


def failures(deployment: Deployment, mark: int) -> list[Passed]:
    """The exchanges since `mark` that Weaviate cannot have regarded as successful."""
    return [passed for passed in deployment.seen(mark) if not passed.succeeded()]


def error_text(problem: object) -> str:
    """An error's text in one line of limited length."""
    return one_line(" ".join(str(problem).split()), MESSAGE_LENGTH)
