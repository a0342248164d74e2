"""PRO: properties that must hold for any mix of texts and images."""

import pytest

from conformance import expect
from conformance.checks.shrink_failures import falsify
from conformance.corpus import request_mixes
from conformance.corpus.request_mixes import Mix
from conformance.data import tolerances
from conformance.expect import Vectors, given
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

ORDERS = range(7)
SPLITS = range(100, 106)
PARALLEL = range(200, 204)
REPEATS = range(300, 305)
"""Seeds: each property has its own requests, the same ones in every run."""
FEW_IMAGES = 1


def sent(endpoint: Endpoint, mix: Mix) -> Exchange:
    """The exchange for a mix."""
    items = mix.items()
    return endpoint.vectorize(items.texts, items.images)


def vectors(exchange: Exchange, mix: Mix) -> Vectors:
    """The vectors of a mix in its response, as a prerequisite."""
    return given.vectors(exchange, len(mix.texts), len(mix.images))


def same(got: Vectors, expected: Vectors, what: str, within: float) -> None:
    """Require equal texts and images, row by row."""
    expect.same(got.texts, expected.texts, f"texts {what}", within)
    expect.same(got.images, expected.images, f"images {what}", within)


@pytest.mark.clause("PRO-01")
def test_any_mix_is_answered(endpoint: Endpoint) -> None:
    falsify(lambda mix: expect.vectors(sent(endpoint, mix), len(mix.texts), len(mix.images)))


@pytest.mark.clause("PRO-02")
@pytest.mark.parametrize("seed", ORDERS)
def test_another_order_gives_the_same_vectors_in_that_order(endpoint: Endpoint, seed: int) -> None:
    mix, other = request_mixes.reordered(seed)
    before = vectors(sent(endpoint, mix), mix)
    after = vectors(sent(endpoint, other), other)
    # Equal items have equal vectors, so the first of them is enough.
    texts = before.texts[[mix.texts.index(text) for text in other.texts]]
    images = before.images[[mix.images.index(place) for place in other.images]]
    ordered = Vectors(texts, images)
    same(after, ordered, "in another order", tolerances.ACROSS_REQUESTS)


@pytest.mark.clause("PRO-03")
@pytest.mark.parametrize("seed", SPLITS)
def test_splitting_a_request_changes_nothing(endpoint: Endpoint, seed: int) -> None:
    first, second = (request_mixes.mix(seed + step, FEW_IMAGES) for step in (0, 1000))
    whole = vectors(sent(endpoint, first + second), first + second)
    texts, images = len(first.texts), len(first.images)
    parts = (
        (first, Vectors(whole.texts[:texts], whole.images[:images])),
        (second, Vectors(whole.texts[texts:], whole.images[images:])),
    )
    for mix, rows in parts:
        apart = vectors(sent(endpoint, mix), mix)
        same(rows, apart, "in one request and in two", tolerances.ACROSS_REQUESTS)


@pytest.mark.clause("PRO-04")
@pytest.mark.parametrize("seed", PARALLEL)
def test_parallel_equals_serial(endpoint: Endpoint, seed: int) -> None:
    case = [request_mixes.mix(seed + 1000 * number, FEW_IMAGES) for number in range(4)]
    serial = [vectors(sent(endpoint, mix), mix) for mix in case]
    parallel = endpoint.vectorize_at_once([mix.items() for mix in case])
    for mix, before, exchange in zip(case, serial, parallel, strict=True):
        got = expect.vectors(exchange, len(mix.texts), len(mix.images))
        same(got, before, f"of one of {len(case)} parallel requests", tolerances.ACROSS_REQUESTS)


@pytest.mark.clause("PRO-05")
@pytest.mark.parametrize("seed", REPEATS)
def test_repeated_equals_first(endpoint: Endpoint, seed: int) -> None:
    mix, other = (request_mixes.mix(seed + step, FEW_IMAGES) for step in (0, 1000))
    before = vectors(sent(endpoint, mix), mix)
    sent(endpoint, other.without_images())
    again = vectors(sent(endpoint, mix), mix)
    same(again, before, "sent again", tolerances.REPEATED)
