"""PRO: what holds for any mix of texts and pictures.

Together 80 requests of a few texts, and 16 pictures to encode.
"""

import pytest

from conformance import expect, tolerance
from conformance.corpus import strategies
from conformance.corpus.strategies import Case, Mix
from conformance.corpus.trials import holds_for
from conformance.endpoint.api import Endpoint
from conformance.endpoint.exchange import Exchange
from conformance.expect import Vectors


def sent(endpoint: Endpoint, mix: Mix) -> tuple[Exchange, Vectors]:
    """The exchange for a mix, and its vectors: so many of each kind, of one width, finite."""
    items = mix.items()
    exchange = endpoint.vectorize(items.texts, items.images)
    return exchange, vectors(exchange, mix)


def vectors(exchange: Exchange, mix: Mix) -> Vectors:
    """The vectors of a mix in its answer."""
    return expect.vectors(exchange, len(mix.texts), len(mix.pictures))


def same(got: Vectors, wanted: Vectors, what: str, *exchanges: Exchange, within: float) -> None:
    """Both kinds are the same, row by row."""
    expect.same(got.texts, wanted.texts, f"texts {what}", *exchanges, within=within)
    expect.same(got.images, wanted.images, f"pictures {what}", *exchanges, within=within)


@pytest.mark.clause("PRO-01")
@holds_for(strategies.cases(1, 1), examples=12, pictures=2)
def test_any_mix_is_answered(endpoint: Endpoint, case: Case) -> None:
    sent(endpoint, case[0])


@pytest.mark.clause("PRO-02")
@holds_for(strategies.reordered(), examples=7, pictures=4)
def test_another_order_gives_the_same_vectors_in_that_order(endpoint: Endpoint, case: Case) -> None:
    mix, other = case
    first, wanted = sent(endpoint, mix)
    second, got = sent(endpoint, other)
    # Equal items have equal vectors, so the first of them will do.
    texts = wanted.texts[[mix.texts.index(text) for text in other.texts]]
    images = wanted.images[[mix.pictures.index(place) for place in other.pictures]]
    ordered = Vectors(texts, images)
    same(got, ordered, "in another order", second, first, within=tolerance.COMPANY)


@pytest.mark.clause("PRO-03")
@holds_for(strategies.cases(2, 2), examples=6, pictures=4)
def test_splitting_a_request_changes_nothing(endpoint: Endpoint, case: Case) -> None:
    first, second = case
    whole, got = sent(endpoint, first + second)
    texts, images = len(first.texts), len(first.pictures)
    parts = (
        (first, Vectors(got.texts[:texts], got.images[:images])),
        (second, Vectors(got.texts[texts:], got.images[images:])),
    )
    for mix, rows in parts:
        apart, wanted = sent(endpoint, mix)
        same(rows, wanted, "in one request and in two", whole, apart, within=tolerance.COMPANY)


@pytest.mark.clause("PRO-04")
@holds_for(strategies.cases(2, 4), examples=4, pictures=1)
def test_parallel_equals_serial(endpoint: Endpoint, case: Case) -> None:
    serial = [sent(endpoint, mix)[1] for mix in case]
    parallel = endpoint.vectorize_at_once([mix.items() for mix in case])
    for mix, wanted, exchange in zip(case, serial, parallel, strict=True):
        got = vectors(exchange, mix)
        same(got, wanted, f"of {len(case)} in parallel", exchange, within=tolerance.COMPANY)


@pytest.mark.clause("PRO-05")
@holds_for(strategies.cases(2, 2), examples=5, pictures=1)
def test_repeated_equals_first(endpoint: Endpoint, case: Case) -> None:
    mix = case[0] + case[1]
    first, wanted = sent(endpoint, mix)
    sent(endpoint, case[1].without_pictures())
    again, got = sent(endpoint, mix)
    same(got, wanted, "sent again", again, first, within=tolerance.REPEATED)
