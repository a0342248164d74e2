"""Generated requests are reproducible and valid."""

import io
from random import Random

import pytest
from PIL import Image

from conformance.corpus import request_mixes
from conformance.corpus.request_mixes import Mix

SEEDS = range(300)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [request_mixes.text(Random(number)) for number in SEEDS]


def test_a_seed_gives_the_same_request_each_time_and_most_differ() -> None:
    mixes = [request_mixes.mix(seed) for seed in SEEDS]
    assert mixes == list(map(request_mixes.mix, SEEDS))
    assert len(set(mixes)) > 0.8 * len(SEEDS)
    assert all(mix.texts or mix.images for mix in mixes)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_images_are_bounded(most: int) -> None:
    mixes = [request_mixes.mix(seed, most) for seed in SEEDS]
    assert max(len(mix.images) for mix in mixes) == most


def test_texts_can_be_sent_and_are_bounded(texts: list[str]) -> None:
    assert "" in texts
    assert max(len(text.encode()) for text in texts) <= request_mixes.LONGEST


def test_texts_have_many_scripts(texts: list[str]) -> None:
    letters = set("".join(texts))
    blocks = [any(first <= ord(x) <= last for x in letters) for first, last in request_mixes.BLOCKS]
    assert all(blocks)


def test_images_of_the_pool_are_small_and_differ() -> None:
    files = [request_mixes.image(place) for place in range(len(request_mixes.SIDES))]
    sizes = [Image.open(io.BytesIO(file)).size for file in files]
    assert sizes == [(side, side) for side in request_mixes.SIDES]
    assert len(set(files)) == len(files)
    assert max(map(len, files)) < 2_000


def test_reordered_items_are_the_same_items() -> None:
    for one, other in map(request_mixes.reordered, range(20)):
        assert sorted(one.texts) == sorted(other.texts)
        assert sorted(one.images) == sorted(other.images)


@pytest.mark.parametrize(
    ("mix", "shown"),
    [
        (Mix(("a", "")), "texts ['a', '']"),
        (Mix((), (0, 3)), "images of 24 x 24, 64 x 64 pixels"),
        (Mix(("a",), (1,)), "texts ['a'] and images of 32 x 32 pixels"),
    ],
)
def test_a_mix_says_what_it_is(mix: Mix, shown: str) -> None:
    assert str(mix) == shown
