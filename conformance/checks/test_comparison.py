"""CMP: the endpoint's vectors beside others, where the user asked for it."""

from contextlib import closing
from pathlib import Path

import pytest

from conformance import expect
from conformance.comparison import diff, snapshot
from conformance.comparison.diff import Pair
from conformance.comparison.inputs import inputs
from conformance.comparison.snapshot import Snapshot
from conformance.comparison.stored import NothingStored, StoredObject, objects
from conformance.data import tolerances
from conformance.expect.measurements import Measure
from conformance.expect.statuses import disabled, not_applicable, not_run
from conformance.options.settings import Settings
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.weaviate.content.arithmetic import combined
from conformance.weaviate.server import running_server

SHOWN = 3
COLLECTION = "weaviate:"
DEFAULT_WEAVIATE = "http://localhost:8080"


@pytest.fixture(scope="session")
def other(settings: Settings) -> Snapshot:
    """The vectors to compare with."""
    if settings.compare_with is None:
        disabled("not asked for; --compare-with URL|FILE|weaviate:COLLECTION compares")
    if settings.compare_with.startswith(COLLECTION):
        not_applicable("compared with stored objects")
    if not settings.compare_with.startswith(("http://", "https://")):
        return snapshot.read(Path(settings.compare_with))
    with snapshot.opened(settings.compare_with, settings.endpoint_timeout) as endpoint:
        return snapshot.ask(endpoint, inputs())


@pytest.fixture(scope="session")
def own(client: Client, other: Snapshot) -> Snapshot:
    """The endpoint's own vectors; only asked for where there are others."""
    assert other
    return snapshot.ask(Endpoint(client), inputs())


@pytest.fixture(scope="session")
def stored(settings: Settings) -> list[StoredObject]:
    """Objects of the user's collection."""
    if settings.compare_with is None:
        disabled("not asked for; --compare-with weaviate:COLLECTION compares")
    if not settings.compare_with.startswith(COLLECTION):
        not_applicable("compared with another endpoint or a recording")
    where = settings.weaviate or DEFAULT_WEAVIATE
    try:
        theirs = running_server.at(
            where, settings.weaviate_grpc or running_server.DEFAULT_GRPC_PORT
        )
        with closing(theirs.connect()) as client:
            return objects(client, settings.compare_with.removeprefix(COLLECTION))
    except (running_server.Unavailable, NothingStored) as problem:
        not_run(str(problem))


@pytest.mark.clause("CMP-01")
def test_the_widths_are_the_same(own: Snapshot, other: Snapshot) -> None:
    here, there = (
        sorted({len(row) for row in (*each.texts.values(), *each.images.values())})
        for each in (own, other)
    )
    expect.require(here == there, f"widths {here}", f"widths {there}, as {other.source} has")


@pytest.mark.clause("CMP-02")
def test_texts_have_the_same_vectors(own: Snapshot, other: Snapshot, measure: Measure) -> None:
    judge(diff.pairs(own.texts, other.texts), "texts", other.source, measure)


@pytest.mark.clause("CMP-03")
def test_images_have_the_same_vectors(own: Snapshot, other: Snapshot, measure: Measure) -> None:
    judge(diff.pairs(own.images, other.images), "images", other.source, measure)


@pytest.mark.clause("CMP-04")
def test_stored_objects_get_the_same_vectors(
    endpoint: Endpoint, stored: list[StoredObject], settings: Settings, measure: Measure
) -> None:
    here, there = {}, {}
    for each in stored:
        exchange = endpoint.post({"texts": each.texts, "images": each.images})
        got = expect.vectors(exchange, len(each.texts), len(each.images))
        here[each.name] = combined([*got.texts.vectors, *got.images.vectors], each.weights)
        there[each.name] = each.vector
    judge(diff.pairs(here, there), "objects", str(settings.compare_with), measure)


def judge(pairs: list[Pair], kind: str, source: str, measure: Measure) -> None:
    """Fail unless all pairs are close; measure each."""
    expect.require(bool(pairs), f"no common {kind}", f"{kind} that {source} has too")
    measure(f"lowest cosine with {source}, {kind}", min(pair.cosine for pair in pairs))
    for pair in pairs:
        measure(f"beside {source}: {pair.name}", str(pair))
    far = [pair for pair in pairs if pair.distance > tolerances.ACROSS_REQUESTS]
    shown = "; ".join(f"{pair.name}: {pair}" for pair in far[:SHOWN])
    got = f"{len(far)} of {len(pairs)} {kind} apart: {shown}"
    expect.require(not far, got, f"all within {tolerances.ACROSS_REQUESTS:g} of their norm")
