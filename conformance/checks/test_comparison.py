"""CMP: the endpoint's vectors beside others, where the user asked for it."""

from contextlib import closing
from pathlib import Path

import pytest

from conformance import expect, tolerance
from conformance.comparison import beside, recording
from conformance.comparison.beside import Pair
from conformance.comparison.inputs import inputs
from conformance.comparison.recording import Recording
from conformance.comparison.stored import NothingStored, StoredObject, objects
from conformance.endpoint.api import Endpoint
from conformance.endpoint.client import Client
from conformance.outcome import disabled, not_applicable, not_run
from conformance.report.result import Measure
from conformance.settings import Settings
from conformance.weaviate import server
from conformance.weaviate.arithmetic import combined

SHOWN = 3
COLLECTION = "weaviate:"
DEFAULT_WEAVIATE = "http://localhost:8080"


@pytest.fixture(scope="session")
def other(settings: Settings) -> Recording:
    """The vectors to compare with."""
    if settings.compare_with is None:
        disabled("not asked for; --compare-with URL|FILE|weaviate:COLLECTION compares")
    if settings.compare_with.startswith(COLLECTION):
        not_applicable("compared with stored objects")
    if not settings.compare_with.startswith(("http://", "https://")):
        return recording.read(Path(settings.compare_with))
    with recording.opened(settings.compare_with, settings.endpoint_timeout) as endpoint:
        return recording.ask(endpoint, inputs())


@pytest.fixture(scope="session")
def own(client: Client, other: Recording) -> Recording:
    """The endpoint's own vectors; only asked for where there are others."""
    assert other
    return recording.ask(Endpoint(client), inputs())


@pytest.fixture(scope="session")
def stored(settings: Settings) -> list[StoredObject]:
    """Objects of the user's collection."""
    if settings.compare_with is None:
        disabled("not asked for; --compare-with weaviate:COLLECTION compares")
    if not settings.compare_with.startswith(COLLECTION):
        not_applicable("compared with another endpoint or a recording")
    where = settings.weaviate or DEFAULT_WEAVIATE
    try:
        theirs = server.at(where, settings.weaviate_grpc or server.DEFAULT_GRPC_PORT)
        with closing(theirs.connect()) as client:
            return objects(client, settings.compare_with.removeprefix(COLLECTION))
    except (server.Unavailable, NothingStored) as problem:
        not_run(str(problem))


@pytest.mark.clause("CMP-01")
def test_the_widths_are_the_same(own: Recording, other: Recording) -> None:
    here, there = (
        sorted({len(row) for row in (*each.texts.values(), *each.images.values())})
        for each in (own, other)
    )
    expect.that(here == there, f"widths {here}", f"widths {there}, as {other.source} has")


@pytest.mark.clause("CMP-02")
def test_texts_have_the_same_vectors(own: Recording, other: Recording, measure: Measure) -> None:
    judge(beside.pairs(own.texts, other.texts), "texts", other.source, measure)


@pytest.mark.clause("CMP-03")
def test_pictures_have_the_same_vectors(own: Recording, other: Recording, measure: Measure) -> None:
    judge(beside.pairs(own.images, other.images), "pictures", other.source, measure)


@pytest.mark.clause("CMP-04")
def test_stored_objects_get_the_same_vectors(
    endpoint: Endpoint, stored: list[StoredObject], settings: Settings, measure: Measure
) -> None:
    here, there = {}, {}
    for each in stored:
        exchange = endpoint.post({"texts": each.texts, "images": each.images})
        got = expect.vectors(exchange, len(each.texts), len(each.images))
        here[each.name] = combined([*got.texts, *got.images], each.weights)
        there[each.name] = each.vector
    judge(beside.pairs(here, there), "objects", str(settings.compare_with), measure)


def judge(pairs: list[Pair], kind: str, source: str, measure: Measure) -> None:
    """Fail unless all pairs are close; measure each."""
    expect.that(bool(pairs), f"no common {kind}", f"{kind} that {source} has too")
    measure(f"lowest cosine with {source}, {kind}", min(pair.cosine for pair in pairs))
    for pair in pairs:
        measure(f"beside {source}: {pair.name}", str(pair))
    far = [pair for pair in pairs if pair.distance > tolerance.COMPANY]
    shown = "; ".join(f"{pair.name}: {pair}" for pair in far[:SHOWN])
    got = f"{len(far)} of {len(pairs)} {kind} apart: {shown}"
    expect.that(not far, got, f"all within {tolerance.COMPANY:g} of their norm")
