"""What the Weaviate checks are given: a server, the endpoint's own vectors, imported objects."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conformance import outcome
from conformance.corpus.aligned import AlignedCorpus
from conformance.endpoint.api import Endpoint
from conformance.endpoint.client import Client
from conformance.settings import Settings
from conformance.target import Target
from conformance.weaviate import films as page
from conformance.weaviate import sample
from conformance.weaviate.binary import UnknownVersion
from conformance.weaviate.choice import choose
from conformance.weaviate.films import Films
from conformance.weaviate.own import OwnVectors
from conformance.weaviate.sample import Item
from conformance.weaviate.server import Unavailable
from conformance.weaviate.stack import Stack, open_stack


@pytest.fixture(scope="session")
def stack(settings: Settings, target: Target) -> Iterator[Stack]:
    """A Weaviate on the endpoint under test; without one the checks are disabled or not run."""
    try:
        choice = choose(settings.weaviate)
    except UnknownVersion as problem:
        outcome.not_run(str(problem))
    if choice.kind == "off":
        outcome.disabled(choice.hint)
    grpc, as_seen = settings.weaviate_grpc, settings.endpoint_for_weaviate
    with ExitStack() as held:
        try:
            opened = held.enter_context(open_stack(choice, target.url, grpc, as_seen))
        except Unavailable as problem:
            outcome.not_run(str(problem))
        yield opened


@pytest.fixture(scope="session")
def own(client: Client) -> OwnVectors:
    """The endpoint's own vectors."""
    return OwnVectors(Endpoint(client))


@pytest.fixture(scope="session")
def items(corpus: AlignedCorpus) -> list[Item]:
    """What is imported: pictures with captions that fit the weights."""
    return sample.items(corpus)


@pytest.fixture(scope="session")
def films(stack: Stack, items: list[Item]) -> Films:
    """The page's collection with all items in it."""
    return page.batch(stack, page.create(stack, "Films"), items)
