"""Fixtures for the Weaviate checks: a server, the endpoint's vectors, and imported objects."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conformance.corpus.alignment import AlignedCorpus
from conformance.data import statuses
from conformance.data.clauses import all_clauses, applies, described_versions
from conformance.options.settings import Settings
from conformance.transport.endpoint import Target
from conformance.weaviate import documented_collection as page
from conformance.weaviate.deployment import Deployment, open_deployment
from conformance.weaviate.documented_collection import ImportedItems, Item
from conformance.weaviate.server import Unavailable
from conformance.weaviate.server_selection import select_server


@pytest.fixture(scope="session")
def deployment(settings: Settings, target: Target) -> Iterator[Deployment]:
    """A Weaviate server that uses the endpoint; without one, the checks are disabled or not run."""
    selection = select_server(settings.weaviate)
    if selection.kind == "off":
        statuses.disabled(selection.hint)
    grpc, as_seen = settings.weaviate_grpc, settings.endpoint_for_weaviate
    with ExitStack() as held:
        try:
            opened = held.enter_context(open_deployment(selection, target.url, grpc, as_seen))
        except Unavailable as problem:
            statuses.not_run(str(problem))
        yield opened


@pytest.fixture(autouse=True)
def server_fits(deployment: Deployment, request: pytest.FixtureRequest) -> None:
    """Skips clauses for other Weaviate versions, and all clauses once the server has stopped.

    Otherwise, the client would spend minutes trying to reach the stopped server in each check.
    """
    try:
        deployment.server.check_grpc()
    except Unavailable as problem:
        statuses.not_run(str(problem))
    for marker in request.node.iter_markers("clause"):
        clause = all_clauses()[marker.args[0]]
        if not applies(clause, deployment.version):
            held = described_versions(clause)
            statuses.not_applicable(f"applies {held}; this server is {deployment.version}")


@pytest.fixture(scope="session")
def items(corpus: AlignedCorpus) -> list[Item]:
    """The objects to import: images with captions that suit the weights."""
    return page.items(corpus)


@pytest.fixture(scope="session")
def imported(deployment: Deployment, items: list[Item]) -> ImportedItems:
    """The documentation page's collection with all items in it."""
    return page.import_batch(deployment, page.create(deployment, "Imported"), items)
