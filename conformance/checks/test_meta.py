"""MET: what /meta says."""

import re

import pytest

from conformance import expect
from conformance.data.models import Model
from conformance.expect.statuses import not_applicable
from conformance.transport import go_reader
from conformance.transport.endpoint import META, Endpoint
from conformance.transport.exchange import Exchange
from conformance.transport.go_reader import GoParseError

TIMES = 3


def meta_object(exchange: Exchange) -> dict[str, object]:
    """The object in a 200 answer, as Weaviate's client reads it."""
    expect.status(exchange, 200, 200)
    try:
        found = go_reader.read_meta(exchange.body)
    except GoParseError as problem:
        raise expect.fail(f"{problem}; {exchange.summary()}", "a JSON object", exchange) from None
    is_object = exchange.body.lstrip().startswith(b"{")
    expect.require(is_object, exchange.summary(), "a JSON object", exchange)
    return found


def letters(name: str) -> str:
    """The name without the marks that tags, hub ids and library names put differently."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@pytest.mark.clause("MET-01")
def test_meta_is_an_object(endpoint: Endpoint) -> None:
    meta_object(endpoint.get(META))


@pytest.mark.clause("MET-02")
def test_meta_names_the_model(endpoint: Endpoint, model: Model) -> None:
    exchange = endpoint.get(META)
    said = letters(str(meta_object(exchange)))
    names = [name for name in (model.tag, model.image_model, model.text_model) if name]
    known = [letters(part) for name in names for part in (name, name.rpartition("/")[2])]
    if not known:
        not_applicable("the model has no names")
    found = any(name in said for name in known)
    expect.require(found, exchange.summary(), f"one of {', '.join(names)} in a value", exchange)


@pytest.mark.clause("MET-03")
def test_meta_keeps_answering(endpoint: Endpoint) -> None:
    for _ in range(TIMES):
        meta_object(endpoint.get(META))
