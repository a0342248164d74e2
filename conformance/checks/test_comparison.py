"""CMP: the endpoint's vectors match a baseline, if the user specifies one."""

from collections.abc import Mapping
from contextlib import closing

import pytest

from conformance import expect
from conformance.comparison import compare_command, recording
from conformance.comparison.answer import Answer
from conformance.comparison.compare_command import SAMPLE, End, of_snapshots
from conformance.comparison.recording import Snapshot, inputs
from conformance.comparison.similarity import Comparison
from conformance.comparison.stored_objects import explanation, reencode
from conformance.comparison.weaviate_collection import Rest, StoredObject, open_collection
from conformance.data.messages import UserError
from conformance.data.models import Model
from conformance.data.statuses import disabled, not_applicable, not_run
from conformance.expect.responses import Measure
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint, Target, opened
from conformance.weaviate.server import server_at


@pytest.fixture(scope="session")
def compared_with(settings: Settings) -> End:
    """The baseline that the user chose."""
    if not settings.compare_with:
        disabled("not requested; --compare-with URL|FILE|weaviate:http://HOST:PORT/COLLECTION")
    try:
        return compare_command.parse(settings.compare_with, settings.weaviate)
    except UserError as problem:
        not_run(str(problem))


@pytest.fixture(scope="session")
def answer(
    compared_with: End, cache: VectorCache, target: Target, settings: Settings, model: Model
) -> Answer:
    """The comparison of the endpoint's texts and images with another endpoint or a recording."""
    if compared_with.weaviate:
        not_applicable("the baseline is a collection of stored objects")
    try:
        old = compared_with.recording or _ask(compared_with.url, settings)
        return of_snapshots(old, recording.ask(target.url, cache.exchange, inputs()), model)
    except UserError as problem:
        not_run(f"cannot compare with {compared_with.name}: {problem}")


def _ask(url: str, settings: Settings) -> Snapshot:
    with opened(url, settings.endpoint_timeout) as endpoint:
        return recording.ask(url, endpoint.vectorize, inputs())


@pytest.fixture(scope="session")
def stored(compared_with: End) -> list[StoredObject]:
    """Objects of the user's collection."""
    if not compared_with.weaviate:
        not_applicable("the baseline is another endpoint or a recording")
    try:
        with closing(Rest(server_at(compared_with.weaviate))) as rest:
            return open_collection(rest, compared_with.collection).objects(SAMPLE)
    except UserError as problem:
        not_run(str(problem))


@pytest.mark.clause("CMP-01")
def test_the_dimensions_are_the_same(answer: Answer) -> None:
    got, expected = (
        sorted({pair.numbers[side] for kind in answer.kinds for pair in kind.pairs})
        for side in (0, 1)
    )
    words = f"dimensions {expected}, as in {answer.old.name}"
    expect.require(got == expected, f"dimensions {got}", words)


@pytest.mark.clause("CMP-02")
def test_texts_have_the_same_vectors(answer: Answer, model: Model, measure: Measure) -> None:
    for name, lines in (("not compared", answer.left_out), ("notes on comparing", answer.remarks)):
        if lines:
            measure(f"{name} with {answer.old.name}", "; ".join(lines))
    if answer.searches:
        measure(f"searches for images by text, here and in {answer.old.name}", str(answer.searches))
    require_same(answer, "texts", model, measure)


@pytest.mark.clause("CMP-03")
def test_images_have_the_same_vectors(answer: Answer, model: Model, measure: Measure) -> None:
    require_same(answer, "images", model, measure)


def require_same(answer: Answer, kind: str, model: Model, measure: Measure) -> None:
    """Measure the pairs of one kind, and require them to be the same."""
    compared = next(each for each in answer.kinds if each.kind == kind)
    compared.note(measure)
    why = "" if compared.close else answer.reason()
    expect.require(compared.close, compared.got(why), compared.expected(model))


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
        measure("objects not compared because the endpoint rejected them", named(again.refused))
    found = again.searches()
    if found:
        measure(f"objects as queries over {source}, as stored and re-encoded", str(found))
    measured = Comparison(again.pairs(), "objects", source)
    measured.note(measure)
    why = "" if measured.close or not again.objects else explanation(again)
    if why:
        measure(f"best fit of the vectors in {source}", why)
    expect.require(measured.close, measured.got(why), measured.expected(model))


def named(refused: Mapping[str, str]) -> str:
    """The number of rejected items, with their names and reasons."""
    items = "; ".join(f"{name} ({why})" for name, why in refused.items())
    return f"{len(refused)}: {items}"
