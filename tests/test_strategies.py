"""Generated requests: always the same ones, all of them fit to be sent, at a bounded cost."""

import io
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from conformance.checks.trials import Trial, holds_for
from conformance.corpus import request_mixes
from conformance.corpus.request_mixes import Case, Mix
from conformance.expect.statuses import Nonconformity
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint

EXAMPLES = 25
SEEDS = range(300)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that these tests never call."""
    client = Client("http://127.0.0.1:9", timeout=1)
    yield Endpoint(client)
    client.close()


def tried(endpoint: Endpoint, images: int = 100) -> list[Case]:
    """The cases that a property is given in one run."""
    seen: list[Case] = []

    @holds_for(request_mixes.cases(1, 3), examples=EXAMPLES, images=images)
    def noted(_endpoint: Endpoint, case: Case) -> None:
        seen.append(case)

    noted(endpoint)
    return seen


def refuse_capitals(_endpoint: Endpoint, case: Case) -> None:
    """A property that does not hold for some cases."""
    if any(text.upper() == text for mix in case for text in mix.texts):
        raise Nonconformity("capitals", "none")


def test_a_run_tries_the_same_cases_each_time(endpoint: Endpoint) -> None:
    assert tried(endpoint) == tried(endpoint)


def test_most_cases_differ(endpoint: Endpoint) -> None:
    assert len(set(tried(endpoint))) > 0.8 * EXAMPLES


def test_a_trial_leaves_nothing_behind(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tried(endpoint)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("most", [0, 1, 5])
def test_images_are_bounded(endpoint: Endpoint, most: int) -> None:
    cases = tried(endpoint, images=most)
    assert 0 <= sum(len(mix.images) for case in cases for mix in case) <= most


def test_a_request_asks_for_something(endpoint: Endpoint) -> None:
    for images in (0, 100):
        cases = tried(endpoint, images)
        assert all(mix.texts or mix.images for case in cases for mix in case)


def test_texts_can_be_sent() -> None:
    texts = [request_mixes.text(Random(number)) for number in SEEDS]
    assert all(text.encode() for text in texts if text)
    assert "" in texts


def test_texts_are_bounded() -> None:
    texts = [request_mixes.text(Random(number)) for number in SEEDS]
    assert max(map(len, texts)) <= request_mixes.LONGEST


def test_texts_have_many_scripts() -> None:
    letters = {letter for number in SEEDS for letter in request_mixes.text(Random(number))}
    blocks = [any(first <= ord(x) <= last for x in letters) for first, last in request_mixes.BLOCKS]
    assert all(blocks)


def test_images_of_the_pool_are_small_and_differ() -> None:
    files = [request_mixes.image(place) for place in range(len(request_mixes.SIDES))]
    sizes = [Image.open(io.BytesIO(file)).size for file in files]
    assert sizes == [(side, side) for side in request_mixes.SIDES]
    assert len(set(files)) == len(files)
    assert max(map(len, files)) < 2_000


def test_reordered_items_are_the_same_items(endpoint: Endpoint) -> None:
    @holds_for(request_mixes.reordered(), examples=EXAMPLES, images=100)
    def check(_endpoint: Endpoint, case: Case) -> None:
        one, other = case
        assert sorted(one.texts) == sorted(other.texts)
        assert sorted(one.images) == sorted(other.images)

    check(endpoint)


def test_a_failure_names_its_example(endpoint: Endpoint) -> None:
    failing = holds_for(request_mixes.cases(1, 2), examples=EXAMPLES, images=0)(refuse_capitals)
    with pytest.raises(Nonconformity, match=r"capitals; falsifying example: texts \["):
        failing(endpoint)


def test_a_failure_is_the_same_each_time(endpoint: Endpoint) -> None:
    failing = holds_for(request_mixes.cases(1, 2), examples=EXAMPLES, images=0)(refuse_capitals)
    said = set()
    for _ in range(2):
        with pytest.raises(Nonconformity) as caught:
            failing(endpoint)
        said.add(caught.value.got)
    assert len(said) == 1


def test_an_endpoint_that_errs_now_and_then_fails(endpoint: Endpoint) -> None:
    calls = iter(range(1000))

    @holds_for(request_mixes.cases(1, 1), examples=EXAMPLES, images=0)
    def every_seventh_fails(_endpoint: Endpoint, _case: Case) -> None:
        if next(calls) % 7 == 6:
            raise Nonconformity("nothing", "an answer")

    with pytest.raises(Nonconformity, match="nothing"):
        every_seventh_fails(endpoint)


def test_a_case_is_judged_once(endpoint: Endpoint) -> None:
    judged: list[Case] = []
    trial = Trial(lambda _endpoint, case: judged.append(case), endpoint, 0)
    case = (Mix(("a",)),)
    assert trial.problem(case) is trial.problem(case) is None
    assert judged == [case]


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
