"""What the Weaviate checks are given: a server, the endpoint's own vectors, imported objects."""

from collections.abc import Iterator

import pytest

from conformance import outcome
from conformance.settings import Settings
from conformance.target import Target
from conformance.weaviate.choice import choose
from conformance.weaviate.server import Unavailable
from conformance.weaviate.stack import Stack, open_stack


@pytest.fixture(scope="session")
def stack(settings: Settings, target: Target) -> Iterator[Stack]:
    """A Weaviate on the endpoint under test; without one the checks end as disabled or not run."""
    choice = choose(settings.weaviate)
    if choice.kind == "off":
        outcome.disabled(choice.hint)
    opened = open_stack(choice, target.url, settings.weaviate_grpc, settings.endpoint_for_weaviate)
    try:
        stack = opened.__enter__()
    except Unavailable as problem:
        outcome.not_run(str(problem))
    yield stack
    opened.__exit__(None, None, None)
