"""OPS: load, time and connections."""

import os
import time

import pytest

from conformance import expect
from conformance.corpus.alignment import AlignedCorpus
from conformance.expect import Vectors
from conformance.expect.statuses import disabled
from conformance.options.settings import Settings
from conformance.report.phase_result import Measure
from conformance.transport.endpoint import Endpoint, Items

CALLERS = 2 * min(max(os.cpu_count() or 1, 2), 4)
"""Weaviate's own is twice its processors; the bound keeps a run's images few."""
ROUNDS = 2
LIMIT = 50.0
IDLE = 90.0
ONE_AFTER_ANOTHER = 20
KEPT = 3
PAUSE = 0.02
"""Seconds in which the end of a connection that was closed with the answer before is seen: Go's
client opens another one then, and nothing is lost."""


@pytest.mark.clause("OPS-01")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_parallel_requests_are_all_served(
    endpoint: Endpoint, corpus: AlignedCorpus, encoded: Vectors, number: int
) -> None:
    captions, images = corpus.captions["en"], corpus.images
    own = [(number * CALLERS + i) % len(images) for i in range(CALLERS)]
    work = [Items([captions[i]], [images[i]]) for i in own]
    for index, exchange in zip(own, endpoint.vectorize_at_once(work), strict=True):
        got = expect.vectors(exchange, 1, 1)
        expect.same(got.texts, encoded.texts[[index]], f"of {CALLERS} in parallel", exchange)
        expect.same(got.images, encoded.images[[index]], f"of {CALLERS} in parallel", exchange)


@pytest.mark.clause("OPS-02")
def test_answers_come_in_time(endpoint: Endpoint, corpus: AlignedCorpus, measure: Measure) -> None:
    captions = corpus.captions["en"]
    sent = [captions[i % len(captions)] for i in range(64)]
    exchange = endpoint.vectorize(sent, corpus.images[:8])
    expect.vectors(exchange, 64, 8)
    measure("seconds for 64 texts and 8 images", round(exchange.seconds, 2))
    late = exchange.seconds > LIMIT
    expect.require(not late, f"{exchange.seconds:.1f} s", f"at most {LIMIT:g} s", exchange)


@pytest.mark.clause("OPS-03")
def test_no_request_is_left_unanswered(endpoint: Endpoint) -> None:
    for number in range(ONE_AFTER_ANOTHER):
        exchange = endpoint.vectorize([f"request {number}"])
        expect.vectors(exchange, 1, 0)
        got = "a kept connection that was closed after the request, without an answer"
        expect.require(exchange.resent == 0, got, "an answer", exchange)
        time.sleep(PAUSE)


@pytest.mark.clause("OPS-05")
@pytest.mark.parametrize("body", [{"texts": ["before"]}, b"{"], ids=["answered", "refused"])
def test_a_close_is_announced(endpoint: Endpoint, body: object) -> None:
    for number in range(KEPT):
        before = expect.answered(endpoint.post(body))
        time.sleep(PAUSE)
        after = endpoint.vectorize([f"after {number}"])
        expect.vectors(after, 1, 0)
        kept = not after.fresh or before.announces_close
        got = "a connection that ended after an answer that did not say so"
        expect.require(kept, got, "`Connection: close` in it, or a connection that stays", before)


@pytest.mark.clause("OPS-04")
def test_idle_connections_are_kept(endpoint: Endpoint, settings: Settings) -> None:
    if not settings.slow:
        disabled("slow: takes 90 s; --slow runs it")
    endpoint.vectors(texts=["before"])
    time.sleep(IDLE)
    exchange = endpoint.vectorize(["after"])
    expect.vectors(exchange, 1, 0)
    kept = exchange.resent == 0 and not exchange.fresh
    expect.require(kept, "the connection was closed", f"one still open after {IDLE:g} s", exchange)
