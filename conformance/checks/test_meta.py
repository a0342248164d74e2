"""MET: the response from /meta."""

import pytest

from conformance import expect
from conformance.data.models import Model
from conformance.data.statuses import not_applicable
from conformance.expect import given
from conformance.expect.under_load import under_load
from conformance.transport.endpoint import META, Endpoint, Items

TIMES = 3
CALLERS, TEXTS = 4, 8
BUSY = "a red circle on paper " * 20


@pytest.mark.clause("MET-01")
def test_meta_is_an_object(endpoint: Endpoint) -> None:
    expect.meta_object(endpoint.get(META))


@pytest.mark.clause("MET-02")
def test_meta_names_the_model(endpoint: Endpoint, model: Model) -> None:
    exchange = endpoint.get(META)
    found = model.named_in(given.meta_object(exchange)) > 0
    if not found and model.names == [model.tag]:
        not_applicable("the model's hub ID is unknown, and its tag may be the user's own")
    expect.require(
        found, exchange.summary(), f"a value that contains {' or '.join(model.names)}", exchange
    )


@pytest.mark.clause("MET-03")
def test_meta_keeps_answering(endpoint: Endpoint) -> None:
    given.meta_object(endpoint.get(META))
    for _ in range(TIMES):
        expect.meta_object(endpoint.get(META))


@pytest.mark.clause("MET-03")
def test_meta_keeps_answering_while_busy(endpoint: Endpoint) -> None:
    idle = given.answered(endpoint.get(META)).status
    many = endpoint.client.pace.texts(TEXTS, at_once=CALLERS)

    def work(number: int) -> Items:
        return Items([f"{number}.{text} {BUSY}" for text in range(many)])

    seen = under_load(endpoint, work, CALLERS, {META: endpoint.client.timeout})
    for exchange in seen.probes[META]:
        expect.meta_object(exchange)
        expect.status(exchange, idle, idle)


@pytest.mark.clause("MET-04")
def test_meta_answers_200(endpoint: Endpoint) -> None:
    expect.status(endpoint.get(META), 200, 200)
