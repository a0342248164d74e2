"""VEC, the SHOULD clauses: what other callers than today's Weaviate send."""

import pytest

from conformance import expect
from conformance.expect import given
from conformance.transport.endpoint import Endpoint

TEXT = "a red circle"


@pytest.mark.clause("VEC-16")
@pytest.mark.parametrize("body", [{"texts": [TEXT], "images": []}, {"images": [], "texts": [TEXT]}])
def test_an_empty_list_is_an_absent_kind(endpoint: Endpoint, body: object) -> None:
    expect.vectors(endpoint.post(body), 1, 0)


@pytest.mark.clause("VEC-17")
def test_null_is_an_absent_kind(endpoint: Endpoint) -> None:
    expect.vectors(endpoint.post({"texts": [TEXT], "images": None}), 1, 0)


@pytest.mark.clause("VEC-18")
@pytest.mark.parametrize("body", [{}, {"texts": [], "images": []}])
def test_nothing_is_answered_with_nothing(endpoint: Endpoint, body: object) -> None:
    expect.vectors(endpoint.post(body), 0, 0)


@pytest.mark.clause("VEC-19")
def test_unknown_fields_are_ignored(endpoint: Endpoint) -> None:
    expect.vectors(endpoint.post({"texts": [TEXT], "audio": ["…"], "version": 2}), 1, 0)


@pytest.mark.clause("VEC-20")
def test_a_doubled_slash_is_served(endpoint: Endpoint) -> None:
    expect.vectors(endpoint.post({"texts": [TEXT]}, path="//vectorize"), 1, 0)


@pytest.mark.clause("VEC-21")
def test_answers_say_that_they_are_json(endpoint: Endpoint) -> None:
    exchange = given.answered(endpoint.vectorize([TEXT]))
    said = exchange.headers.get("content-type", "")
    good = said.split(";")[0].strip().lower() == "application/json"
    expect.require(good, f"Content-Type: {said or 'none'}", "application/json", exchange)
