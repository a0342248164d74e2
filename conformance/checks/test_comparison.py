"""CMP: the endpoint's vectors beside others, where the user asked for it."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from conformance import expect
from conformance.comparison import recording as snapshot
from conformance.comparison import similarity as diff
from conformance.comparison.recording import NoAnswers, Snapshot, inputs
from conformance.comparison.similarity import Comparison
from conformance.comparison.stored_objects import (
    NothingStored,
    StoredObject,
    explanation,
    objects,
    reencode,
)
from conformance.data.models import Model
from conformance.expect.observations import Measure
from conformance.expect.statuses import disabled, not_applicable, not_run
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint, Target
from conformance.weaviate.server import DEFAULT_GRPC_PORT, Unavailable, server_at

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
        try:
            return snapshot.ask(settings.compare_with, endpoint.vectorize, inputs())
        except NoAnswers as problem:
            not_run(f"nothing to compare with at {settings.compare_with}: {problem}")


@pytest.fixture(scope="session")
def here(cache: VectorCache, target: Target, other: Snapshot) -> Snapshot:
    """The endpoint's vectors; only asked for where there are others."""
    assert other
    try:
        return snapshot.ask(target.url, cache.exchange, inputs())
    except NoAnswers as problem:
        not_run(str(problem))


@pytest.fixture(scope="session")
def stored(settings: Settings) -> list[StoredObject]:
    """Objects of the user's collection."""
    if settings.compare_with is None:
        disabled("not asked for; --compare-with weaviate:COLLECTION compares")
    if not settings.compare_with.startswith(COLLECTION):
        not_applicable("compared with another endpoint or a recording")
    where = settings.weaviate or DEFAULT_WEAVIATE
    try:
        theirs = server_at(where, settings.weaviate_grpc or DEFAULT_GRPC_PORT)
        with closing(theirs.connect()) as client:
            return objects(client, settings.compare_with.removeprefix(COLLECTION))
    except (Unavailable, NothingStored) as problem:
        not_run(str(problem))


@pytest.mark.clause("CMP-01")
def test_the_dimensions_are_the_same(here: Snapshot, other: Snapshot) -> None:
    got, expected = (
        sorted({len(row) for row in (*each.texts.values(), *each.images.values())})
        for each in (here, other)
    )
    words = f"dimensions {expected}, as {other.source} has"
    expect.require(got == expected, f"dimensions {got}", words)


@pytest.mark.clause("CMP-02")
def test_texts_have_the_same_vectors(
    here: Snapshot, other: Snapshot, model: Model, measure: Measure
) -> None:
    for side in (here, other):
        if side.refused:
            measure(f"not compared, as {side.source} refused them", named(side.refused))
    found = snapshot.searches(here, other)
    if found:
        measure(f"texts over images, here and at {other.source}", str(found))
    measured = Comparison(diff.pairs(here.texts, other.texts), "texts", other.source)
    measured.note(measure)
    expect.require(measured.close, measured.got(), measured.expected(model))


@pytest.mark.clause("CMP-03")
def test_images_have_the_same_vectors(
    here: Snapshot, other: Snapshot, model: Model, measure: Measure
) -> None:
    measured = Comparison(diff.pairs(here.images, other.images), "images", other.source)
    measured.note(measure)
    expect.require(measured.close, measured.got(), measured.expected(model))


@pytest.mark.clause("CMP-04")
def test_stored_objects_get_the_same_vectors(
    endpoint: Endpoint,
    stored: list[StoredObject],
    settings: Settings,
    model: Model,
    measure: Measure,
) -> None:
    source, again = str(settings.compare_with), reencode(stored, endpoint)
    if again.refused:
        measure("objects not compared, as the endpoint refused them", named(again.refused))
    found = again.searches()
    if found:
        measure(f"objects as queries over {source}, stored and encoded again", str(found))
    measured = Comparison(again.pairs(), "objects", source)
    measured.note(measure)
    why = "" if measured.close or not again.objects else explanation(again)
    if why:
        measure(f"best fit of the vectors in {source}", why)
    expect.require(measured.close, measured.got(why), measured.expected(model))


def named(refused: Mapping[str, str]) -> str:
    """How many there are, and their names with what was said."""
    items = "; ".join(f"{name} ({why})" for name, why in refused.items())
    return f"{len(refused)}: {items}"
