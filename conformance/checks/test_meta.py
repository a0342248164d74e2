"""MET: the response from /meta."""

import re
from collections.abc import Iterator

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


def letters(name: str) -> str:
    """The name without the characters that tags, hub IDs, and library names write differently."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def strings(value: object) -> Iterator[str]:
    """Every string among the values of a JSON document, at any depth; keys do not count."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


@pytest.mark.clause("MET-01")
def test_meta_is_an_object(endpoint: Endpoint) -> None:
    expect.meta_object(endpoint.get(META))


@pytest.mark.clause("MET-02")
def test_meta_names_the_model(endpoint: Endpoint, model: Model) -> None:
    names = [name for name in (model.tag, model.image_model, model.text_model) if name]
    known = [letters(part) for name in names for part in (name, name.rpartition("/")[2])]
    exchange = endpoint.get(META)
    values = list(map(letters, strings(given.meta_object(exchange))))
    found = any(name in value for name in known for value in values)
    if not found and names == [model.tag]:
        not_applicable("the model's hub ID is unknown, and its tag may be the user's own")
    expect.require(
        found, exchange.summary(), f"a value that contains {' or '.join(names)}", exchange
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
