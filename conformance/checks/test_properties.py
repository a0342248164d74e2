"""PRO: what holds for any mix of texts and images.

Together 80 requests of a few texts, and 16 images to encode.
"""

import pytest

from conformance import expect
from conformance.checks.trials import holds_for
from conformance.corpus import request_mixes
from conformance.corpus.request_mixes import Case, Mix
from conformance.data import tolerances
from conformance.expect import Vectors
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange


def sent(endpoint: Endpoint, mix: Mix) -> tuple[Exchange, Vectors]:
    """The exchange for a mix, and its vectors: so many of each kind, of one width, finite."""
    items = mix.items()
    exchange = endpoint.vectorize(items.texts, items.images)
    return exchange, vectors(exchange, mix)


def vectors(exchange: Exchange, mix: Mix) -> Vectors:
    """The vectors of a mix in its answer."""
    return expect.vectors(exchange, len(mix.texts), len(mix.images))


def same(got: Vectors, wanted: Vectors, what: str, *exchanges: Exchange, within: float) -> None:
    """Both kinds are the same, row by row."""
    expect.same(got.texts, wanted.texts, f"texts {what}", *exchanges, within=within)
    expect.same(got.images, wanted.images, f"images {what}", *exchanges, within=within)


@pytest.mark.clause("PRO-01")
@holds_for(request_mixes.cases(1, 1), examples=12, images=2)
def test_any_mix_is_answered(endpoint: Endpoint, case: Case) -> None:
    sent(endpoint, case[0])


@pytest.mark.clause("PRO-02")
@holds_for(request_mixes.reordered(), examples=7, images=4)
def test_another_order_gives_the_same_vectors_in_that_order(endpoint: Endpoint, case: Case) -> None:
    mix, other = case
    first, wanted = sent(endpoint, mix)
    second, got = sent(endpoint, other)
    # Equal items have equal vectors, so the first of them will do.
    texts = wanted.texts[[mix.texts.index(text) for text in other.texts]]
    images = wanted.images[[mix.images.index(place) for place in other.images]]
    ordered = Vectors(texts, images)
    same(got, ordered, "in another order", second, first, within=tolerances.ACROSS_REQUESTS)


@pytest.mark.clause("PRO-03")
@holds_for(request_mixes.cases(2, 2), examples=6, images=4)
def test_splitting_a_request_changes_nothing(endpoint: Endpoint, case: Case) -> None:
    first, second = case
    whole, got = sent(endpoint, first + second)
    texts, images = len(first.texts), len(first.images)
    parts = (
        (first, Vectors(got.texts[:texts], got.images[:images])),
        (second, Vectors(got.texts[texts:], got.images[images:])),
    )
    for mix, rows in parts:
        apart, wanted = sent(endpoint, mix)
        same(
            rows,
            wanted,
            "in one request and in two",
            whole,
            apart,
            within=tolerances.ACROSS_REQUESTS,
        )


@pytest.mark.clause("PRO-04")
@holds_for(request_mixes.cases(2, 4), examples=4, images=1)
def test_parallel_equals_serial(endpoint: Endpoint, case: Case) -> None:
    serial = [sent(endpoint, mix)[1] for mix in case]
    parallel = endpoint.vectorize_at_once([mix.items() for mix in case])
    for mix, wanted, exchange in zip(case, serial, parallel, strict=True):
        got = vectors(exchange, mix)
        same(
            got, wanted, f"of {len(case)} in parallel", exchange, within=tolerances.ACROSS_REQUESTS
        )


@pytest.mark.clause("PRO-05")
@holds_for(request_mixes.cases(2, 2), examples=5, images=1)
def test_repeated_equals_first(endpoint: Endpoint, case: Case) -> None:
    mix = case[0] + case[1]
    first, wanted = sent(endpoint, mix)
    sent(endpoint, case[1].without_images())
    again, got = sent(endpoint, mix)
    same(got, wanted, "sent again", again, first, within=tolerances.REPEATED)
