"""What the Weaviate checks are given: a server, the endpoint's own vectors, imported objects."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conformance.corpus.alignment import AlignedCorpus
from conformance.expect import statuses
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings
from conformance.transport.target import Target
from conformance.weaviate.content import documented_collection as page
from conformance.weaviate.content import import_items
from conformance.weaviate.content.documented_collection import Films
from conformance.weaviate.content.import_items import Item
from conformance.weaviate.content.object_vectors import ObjectVectors
from conformance.weaviate.server.binary import UnknownVersion
from conformance.weaviate.server.deployment import Deployment, open_deployment
from conformance.weaviate.server.running_server import Unavailable
from conformance.weaviate.server.server_selection import select_server


@pytest.fixture(scope="session")
def deployment(settings: Settings, target: Target) -> Iterator[Deployment]:
    """A Weaviate on the endpoint under test; without one the checks are disabled or not run."""
    try:
        choice = select_server(settings.weaviate)
    except UnknownVersion as problem:
        statuses.not_run(str(problem))
    if choice.kind == "off":
        statuses.disabled(choice.hint)
    grpc, as_seen = settings.weaviate_grpc, settings.endpoint_for_weaviate
    with ExitStack() as held:
        try:
            opened = held.enter_context(open_deployment(choice, target.url, grpc, as_seen))
        except Unavailable as problem:
            statuses.not_run(str(problem))
        yield opened


@pytest.fixture(scope="session")
def own(cache: VectorCache) -> ObjectVectors:
    """The endpoint's own vectors."""
    return ObjectVectors(cache)


@pytest.fixture(scope="session")
def items(corpus: AlignedCorpus) -> list[Item]:
    """What is imported: images with captions that fit the weights."""
    return import_items.items(corpus)


@pytest.fixture(scope="session")
def films(deployment: Deployment, items: list[Item]) -> Films:
    """The page's collection with all items in it."""
    return page.batch(deployment, page.create(deployment, "Films"), items)
