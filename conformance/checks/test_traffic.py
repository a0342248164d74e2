"""OPS, IMG, TXT, and PRB: parallel and later requests get the same vectors; probes under load.

Probes alongside long texts come after the checks of long texts, so that an unanswered long text is
reported as a defect in the handling of texts.
"""

from collections.abc import Sequence

import pytest

from conformance import expect
from conformance.corpus import texts
from conformance.corpus.image_files import small_bmp, small_png
from conformance.data import timeouts, tolerances
from conformance.data.statuses import not_applicable
from conformance.expect import Observations, given
from conformance.expect.aftermath import Aftermath
from conformance.expect.good_requests import IMAGES, TEXTS
from conformance.expect.nonconformity import Cause, CauseKind
from conformance.expect.under_load import CALLERS_OF_LARGE, LIMITS, in_time, under_load
from conformance.expect.vector_cache import VectorCache
from conformance.transport.endpoint import Endpoint, Items, Target
from conformance.transport.pace import IMPORTERS

ALIKE = ("two red dogs on a mat", "two tan cats in a box")
"""Equal in length and number of words, so that only the text itself tells the requests apart."""
CALLERS = 16
"""Twice the number of processors of an eight-core Weaviate server."""
CONNECTIONS = 5
IN_TURN = 45
LARGE, SMALL = 100, 6
LISTS, LIST = 4, 5
LONG_TEXT = 5000
"""Number of words."""
TEXT = "a red circle"
EARLY = 4
"""Texts that are sent again at the end of a run."""


def in_parallel(endpoint: Endpoint, cache: VectorCache, work: Sequence[Items], what: str) -> None:
    """Require that each of several simultaneous requests gets the same vectors as alone."""
    before = [cache.vectors(each.texts, each.images) for each in work]
    for exchange, asked, alone in zip(endpoint.vectorize_at_once(work), work, before, strict=True):
        got = expect.vectors(exchange, len(asked.texts), len(asked.images))
        expect.same(got.texts, alone.texts, f"texts of {what}")
        expect.same(got.images, alone.images, f"images of {what}")


def as_before(endpoint: Endpoint, got: Observations, before: Observations, what: str) -> None:
    """Require that the texts of one of several simultaneous requests get their earlier vectors.

    If the request gets the same wrong vectors when it is sent alone, its length is the cause.
    """
    try:
        expect.same(got, before, what)
    except expect.Nonconformity as problem:
        body = got.exchanges[0].request_body
        alone = given.vectors(endpoint.post(body), len(got), 0).texts
        if any(expect.beyond(apart, tolerances.ACROSS_REQUESTS) for apart in distances(got, alone)):
            raise
        words = f"{problem.got}; sent alone, the request gets the same wrong vectors"
        cause = Cause(CauseKind.COMPANIONS, "texts")
        raise expect.Nonconformity(words, problem.expected, problem.exchanges, cause) from None


def distances(some: Observations, others: Observations) -> list[float]:
    """The relative distance between each row and the same row of the others."""
    return list(map(tolerances.distance, some.vectors, others.vectors))


@pytest.mark.clause("OPS-01")
def test_equal_texts_at_once(endpoint: Endpoint, cache: VectorCache) -> None:
    work = [Items([ALIKE[number % 2]]) for number in range(8)]
    in_parallel(endpoint, cache, work, "simultaneous identical requests")


@pytest.mark.clause("OPS-01")
def test_equal_images_at_once(endpoint: Endpoint, cache: VectorCache) -> None:
    work = [Items((), [small_bmp(5 * (number % 2))]) for number in range(6)]
    in_parallel(endpoint, cache, work, "simultaneous identical requests")


@pytest.mark.clause("OPS-01")
def test_texts_beside_images(endpoint: Endpoint, cache: VectorCache) -> None:
    captions = [Items([text]) for text in (*ALIKE, TEXT)]
    images = [Items((), [small_png(5 * number)]) for number in range(3)]
    work = [each for pair in zip(captions, images, strict=True) for each in pair]
    in_parallel(endpoint, cache, work, "text requests alongside image requests")


@pytest.mark.clause("OPS-01")
def test_as_many_callers_as_an_import_has(endpoint: Endpoint, cache: VectorCache) -> None:
    pool = cache.given_in_lists(texts.pool())
    callers = max(endpoint.client.pace.texts(CALLERS), min(IMPORTERS, CALLERS))
    places = [100 + number for number in range(callers)]
    work = [Items([texts.pool()[place]]) for place in places]
    # If a keep-alive connection turned out to be closed, the client would send its request again.
    endpoint.client.drop_connections()
    for exchange, place in zip(endpoint.vectorize_at_once(work), places, strict=True):
        got = expect.vectors(exchange, 1, 0).texts
        what = f"a text in one of {callers} simultaneous requests"
        as_before(endpoint, got, pool[[place]], what)


@pytest.mark.clause("OPS-01")
def test_lists_at_once_are_not_crossed(endpoint: Endpoint, cache: VectorCache) -> None:
    pool = cache.given_in_lists(texts.pool())
    places = [[40 * number + place for place in range(LIST)] for number in range(LISTS)]
    work = [Items([texts.pool()[place] for place in each]) for each in places]
    for exchange, own in zip(endpoint.vectorize_at_once(work), places, strict=True):
        got = expect.vectors(exchange, LIST, 0).texts
        as_before(endpoint, got, pool[own], f"a text in one of {LISTS} simultaneous lists")


@pytest.mark.clause("OPS-01")
def test_small_requests_beside_a_large_one(endpoint: Endpoint, cache: VectorCache) -> None:
    pool = cache.given_in_lists(texts.pool())
    many = endpoint.client.pace.texts(LARGE + SMALL) - SMALL
    if many < 2:
        not_applicable("too slow for a long list in parallel with other requests")
    large = Items(texts.pool()[:many])
    small = [Items([texts.pool()[200 + number]]) for number in range(SMALL)]
    first, *others = endpoint.vectorize_at_once([large, *small])
    got = expect.vectors(first, many, 0).texts
    as_before(endpoint, got, pool[:many], "a text in a long list alongside small requests")
    for number, exchange in enumerate(others):
        own = expect.vectors(exchange, 1, 0).texts
        as_before(endpoint, own, pool[[200 + number]], "a text alongside a long list")


@pytest.mark.clause("IMG-04")
def test_the_same_image_at_once_has_equal_vectors(endpoint: Endpoint, cache: VectorCache) -> None:
    images = [small_png(5 * (number % 2)) for number in range(6)]
    alone = [cache.image(image) for image in images]
    work = [Items((), [image]) for image in images]
    for exchange, before in zip(endpoint.vectorize_at_once(work), alone, strict=True):
        got = given.vectors(exchange, 0, 1).images[0]
        expect.equal_at_once(got, before, "the same image in parallel with others")


@pytest.mark.clause("IMG-04")
def test_the_same_image_over_other_connections(endpoint: Endpoint, cache: VectorCache) -> None:
    before = cache.image(small_png())
    for _ in range(CONNECTIONS):
        endpoint.client.drop_connections()
        got = given.vectors(endpoint.vectorize(images=[small_png()]), 0, 1).images[0]
        expect.equal(got, before, "the same image over another connection")


@pytest.mark.clause("IMG-04")
def test_the_same_image_later(endpoint: Endpoint, aftermath: Aftermath) -> None:
    first = given.vectors(aftermath.first[IMAGES], 0, 1).images[0]
    later = given.vectors(endpoint.vectorize(images=[small_png()]), 0, 1).images[0]
    expect.equal(later, first, "the run's first image again")


@pytest.mark.clause("TXT-07")
def test_a_text_keeps_its_vector_over_other_connections(
    endpoint: Endpoint, cache: VectorCache
) -> None:
    before = cache.text(TEXT)
    for _ in range(CONNECTIONS):
        endpoint.client.drop_connections()
        got = given.vectors(endpoint.vectorize([TEXT]), 1, 0).texts[0]
        expect.same(got, before, "the text over another connection", tolerances.REPEATED)


@pytest.mark.clause("TXT-07")
def test_a_text_keeps_its_vector_over_many_requests(endpoint: Endpoint, cache: VectorCache) -> None:
    before = [cache.text(text) for text in ALIKE]
    work = [Items([ALIKE[number % 2]]) for number in range(IN_TURN)]
    for number, exchange in enumerate(endpoint.vectorize_in_turn(work)):
        got = given.vectors(exchange, 1, 0).texts[0]
        what = f"the text in request {number + 1} of {IN_TURN} consecutive ones"
        expect.same(got, before[number % 2], what, tolerances.REPEATED)


@pytest.mark.clause("TXT-07")
def test_a_text_keeps_its_vector_later(
    endpoint: Endpoint, target: Target, cache: VectorCache
) -> None:
    first = given.vectors(target.preflight.first, 1, 0).texts[0]
    later = given.vectors(endpoint.vectorize([TEXT]), 1, 0).texts[0]
    expect.same(later, first, "the run's first text again", tolerances.REPEATED)
    for text in cache.first_texts(EARLY):
        later = given.vectors(endpoint.vectorize([text]), 1, 0).texts[0]
        expect.same(later, cache.text(text), f"{text!r} later", tolerances.REPEATED)


@pytest.mark.clause("OPS-07")
@pytest.mark.parametrize("kind", [TEXTS, IMAGES])
def test_the_first_request_is_answered_in_time(aftermath: Aftermath, kind: str) -> None:
    exchange = expect.answered(aftermath.first[kind])
    got, limit = f"{exchange.seconds:.1f} s", timeouts.ENDPOINT_TIMEOUT
    expect.require(exchange.seconds <= limit, got, f"at most {limit:g} s", exchange)


@pytest.mark.clause("PRB-04")
def test_probes_are_answered_beside_long_texts(endpoint: Endpoint) -> None:
    def long_text(number: int) -> Items:
        return Items([f"{number} {texts.long(LONG_TEXT)}"])

    in_time(under_load(endpoint, long_text, CALLERS_OF_LARGE, LIMITS))
