"""OPS: load, response times, and connections. ERR-11: an oversized request body.

The oversized body comes last, after the clients that disconnect, since an endpoint may close the
connection in the middle of it.
"""

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest

from conformance import expect
from conformance.corpus.alignment import AlignedCorpus
from conformance.data import timeouts
from conformance.data.statuses import disabled
from conformance.expect import given
from conformance.expect.responses import Measure, Observations
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings
from conformance.transport.endpoint import Endpoint, Items
from conformance.transport.pace import IMPORTERS

MOST_IMAGES = 8
"""Number of different images; further clients repeat them, which suffices to reveal a mix-up."""
ROUNDS = 2
IDLE = timeouts.IDLE_CONNECTION
ONE_AFTER_ANOTHER = 20
TEXT = {"texts": ["a red circle"]}
LONG_LIST = 32
IN_A_ROW, REFUSED = 16, 3
OVERSIZED = 80 * 2**20
"""Bytes: five times the size that must be served."""


@pytest.mark.clause("OPS-01")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_parallel_requests_are_all_served(
    endpoint: Endpoint, cache: VectorCache, corpus: AlignedCorpus, number: int
) -> None:
    captions, images = corpus.captions["en"], corpus.images
    own = [i % min(len(images), MOST_IMAGES) for i in range(IMPORTERS)][:: 1 - 2 * number]
    work = [Items([captions[i]], [images[i]]) for i in own]
    before = [cache.vectors(each.texts, each.images) for each in work]
    got = [expect.vectors(exchange, 1, 1) for exchange in endpoint.vectorize_at_once(work)]
    own_vectors([each.texts for each in got], [each.texts for each in before])
    own_vectors([each.images for each in got], [each.images for each in before])


def own_vectors(got: Sequence[Observations], alone: Sequence[Observations]) -> None:
    """Require that each of several requests gets the same vectors as when it is sent alone."""
    several, own = expect.joined(got), expect.joined(alone)
    what = f"the vectors of {IMPORTERS} requests in parallel"
    expect.corresponding(several, own, what)
    expect.same(several, own, what)


@pytest.mark.clause("OPS-02")
def test_responses_come_in_time(
    endpoint: Endpoint, corpus: AlignedCorpus, measure: Measure
) -> None:
    captions, limit = corpus.captions["en"], timeouts.ENDPOINT_TIMEOUT
    pace = endpoint.client.pace
    # Half of what fits is for the texts, the other half for the images.
    texts, images = pace.texts(64, at_once=2), pace.images(MOST_IMAGES, at_once=2)
    sent = [captions[i % len(captions)] for i in range(texts)]
    exchange = expect.answered(endpoint.vectorize(sent, corpus.images[:images]))
    given.vectors(exchange, texts, images)
    measure(f"seconds for {texts} texts and {images} images", round(exchange.seconds, 2))
    got, expected = f"{exchange.seconds:.1f} s", f"at most {limit:g} s"
    expect.require(exchange.seconds <= limit, got, expected, exchange)


@pytest.mark.clause("OPS-02")
def test_an_import_is_answered_in_time(endpoint: Endpoint, corpus: AlignedCorpus) -> None:
    captions, images = corpus.captions["en"], corpus.images
    work = [Items([captions[i % 8]], [images[i % 8]]) for i in range(IMPORTERS)]
    for exchange in endpoint.vectorize_at_once(work):
        expect.answered(exchange)


@pytest.mark.clause("OPS-03")
def test_no_request_is_left_unanswered(endpoint: Endpoint) -> None:
    # A connection left idle by earlier checks may close at any time.
    endpoint.client.drop_connections()
    for number in range(ONE_AFTER_ANOTHER):
        exchange = expect.answered(endpoint.vectorize([f"request {number}"]))
        given.vectors(exchange, 1, 0)
        got = "a keep-alive connection that was closed after the request, without a response"
        expect.require(exchange.resent == 0, got, "a response", exchange)
        time.sleep(timeouts.CLOSE_GRACE)


@pytest.mark.clause("OPS-05")
@pytest.mark.parametrize(
    "bodies", [[TEXT] * IN_A_ROW, [b"{", TEXT] * REFUSED], ids=["answered", "refused"]
)
def test_a_close_is_announced(endpoint: Endpoint, bodies: list[object]) -> None:
    closes_are_announced(endpoint, bodies)


@pytest.mark.clause("OPS-05")
def test_a_close_after_a_long_response_is_announced(endpoint: Endpoint) -> None:
    many = range(endpoint.client.pace.texts(LONG_LIST))
    closes_are_announced(endpoint, [{"texts": [f"a red circle {n}" for n in many]}, TEXT])


def closes_are_announced(endpoint: Endpoint, bodies: Sequence[object]) -> None:
    """Require that no connection is closed between these requests without notice."""
    # In one call, since after a rejection, the suite's own request could use another connection.
    exchanges = map(given.answered, endpoint.post_in_turn(bodies))
    for before, after in pairwise(exchanges):
        # The suite's own client never reuses a connection after HTTP/1.0.
        kept = not after.fresh or before.announces_close or before.version == "HTTP/1.0"
        got = "a connection that was closed after a response that did not announce it"
        expect.require(kept, got, "`Connection: close`, or an open connection", before)


@pytest.mark.clause("OPS-04")
def test_idle_connections_are_kept(endpoint: Endpoint, settings: Settings) -> None:
    if not settings.slow:
        disabled("slow: takes 90 s; --slow runs it")
    given.answered(endpoint.vectorize(["before"]))
    time.sleep(IDLE)
    exchange = given.answered(endpoint.vectorize(["after"]))
    kept = exchange.resent == 0 and not exchange.fresh
    expect.require(kept, "the connection was closed", f"still open after {IDLE:g} s", exchange)


@pytest.mark.clause("ERR-11")
def test_an_oversized_body_is_refused_in_json(endpoint: Endpoint) -> None:
    expect.refusal(endpoint.post(b'{"images": ["' + b"A" * OVERSIZED + b'"]}'))
