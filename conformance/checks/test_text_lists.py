"""VEC and TXT over the number of texts: counts, order, companions, duplicates, up to 300."""

import pytest

from conformance import expect
from conformance.corpus import text_lengths
from conformance.expect import Observations, given
from conformance.expect.vector_cache import VectorCache
from conformance.options.settings import Settings

SIZES = (31, 33, 50, 65)
"""Above and below what batches hold, and in no relation to it."""
MANY = (129, 300)
SLOW = (*range(9, 65), 77, 96, 97, 127, 128, 150, 191, 193, 200, 201, 255, 256, 257, 299)
"""With --slow: every number up to 64, and the edges of what is chosen for batches and limits."""
STEP = 101
"""Coprime to the size of the pool: neighbours in a list are no neighbours in the pool."""
DUPLICATES = (0, 7, 3, 24)
"""Places in the pool of what is sent once more at the end of a list, and one in the middle."""


@pytest.fixture
def sizes(settings: Settings) -> tuple[int, ...]:
    """The numbers of texts to send."""
    return (*SIZES, *SLOW) if settings.slow else SIZES


def order(size: int) -> list[int]:
    """Places in the pool, others for each size."""
    return [(size + STEP * place) % text_lengths.LONGEST for place in range(size)]


def some(size: int) -> list[str]:
    """So many texts of the pool."""
    return [text_lengths.pool()[place] for place in order(size)]


def pool(cache: VectorCache) -> Observations:
    """The vectors of the whole pool, from lists of other sizes and another order."""
    return cache.given_in_lists(text_lengths.pool())


@pytest.mark.clause("VEC-05")
def test_lists_of_many_sizes_come_in_order(cache: VectorCache, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        got = cache.vectors(some(size))
        expect.corresponding(got.texts, pool(cache)[order(size)], f"{size} texts")


@pytest.mark.clause("TXT-04")
def test_lists_of_many_sizes_make_no_difference(cache: VectorCache, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        got = cache.vectors(some(size))
        names = list(map(repr, some(size)))
        expect.same(got.texts, pool(cache)[order(size)], f"one of {size} texts", names=names)


@pytest.mark.clause("VEC-10")
@pytest.mark.parametrize("size", MANY)
def test_hundreds_of_texts_come_in_order(cache: VectorCache, size: int) -> None:
    got = expect.vectors(cache.exchange(some(size)), size, 0)
    expect.corresponding(got.texts, pool(cache)[order(size)], f"{size} texts")


@pytest.mark.clause("VEC-09")
def test_equal_texts_far_apart_keep_their_rows(cache: VectorCache) -> None:
    places = [*range(10), DUPLICATES[0], *range(10, 25), *DUPLICATES]
    sent = [text_lengths.pool()[20 + place] for place in places]
    got = expect.vectors(cache.exchange(sent), len(sent), 0).texts
    again = [at for at, place in enumerate(places) if place in places[:at]]
    firsts = [places.index(places[at]) for at in again]
    expect.same(got[again], got[firsts], "rows of repeated texts")


@pytest.mark.clause("VEC-05")
def test_a_short_list_after_a_long_one_has_its_own_rows(cache: VectorCache) -> None:
    known = pool(cache)
    for size in (60, 12, 3):
        places = list(range(size, 0, -1))
        sent = [text_lengths.pool()[place] for place in places]
        got = given.vectors(cache.exchange(sent), size, 0)
        expect.corresponding(got.texts, known[places], f"{size} texts after a longer list")
