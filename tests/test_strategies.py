"""Generated requests: always the same ones, all of them fit to be sent, at a bounded cost."""

import io
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from conformance.corpus import strategies
from conformance.corpus.strategies import Case, Mix
from conformance.corpus.trials import Trial, holds_for
from conformance.endpoint.api import Endpoint
from conformance.endpoint.client import Client
from conformance.outcome import Nonconformity

EXAMPLES = 25
SEEDS = range(300)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that these tests never call."""
    client = Client("http://127.0.0.1:9", timeout=1)
    yield Endpoint(client)
    client.close()


def tried(endpoint: Endpoint, pictures: int = 100) -> list[Case]:
    """The cases that a property is given in one run."""
    seen: list[Case] = []

    @holds_for(strategies.cases(1, 3), examples=EXAMPLES, pictures=pictures)
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
def test_pictures_are_bounded(endpoint: Endpoint, most: int) -> None:
    cases = tried(endpoint, pictures=most)
    assert 0 <= sum(len(mix.pictures) for case in cases for mix in case) <= most


def test_a_request_asks_for_something(endpoint: Endpoint) -> None:
    for pictures in (0, 100):
        cases = tried(endpoint, pictures)
        assert all(mix.texts or mix.pictures for case in cases for mix in case)


def test_texts_can_be_sent() -> None:
    texts = [strategies.text(Random(number)) for number in SEEDS]
    assert all(text.encode() for text in texts if text)
    assert "" in texts


def test_texts_are_bounded() -> None:
    texts = [strategies.text(Random(number)) for number in SEEDS]
    assert max(map(len, texts)) <= strategies.LONGEST


def test_texts_have_many_scripts() -> None:
    letters = {letter for number in SEEDS for letter in strategies.text(Random(number))}
    blocks = [any(first <= ord(x) <= last for x in letters) for first, last in strategies.BLOCKS]
    assert all(blocks)


def test_pictures_of_the_pool_are_small_and_differ() -> None:
    files = [strategies.picture(place) for place in range(len(strategies.SIDES))]
    sizes = [Image.open(io.BytesIO(file)).size for file in files]
    assert sizes == [(side, side) for side in strategies.SIDES]
    assert len(set(files)) == len(files)
    assert max(map(len, files)) < 2_000


def test_reordered_items_are_the_same_items(endpoint: Endpoint) -> None:
    @holds_for(strategies.reordered(), examples=EXAMPLES, pictures=100)
    def check(_endpoint: Endpoint, case: Case) -> None:
        one, other = case
        assert sorted(one.texts) == sorted(other.texts)
        assert sorted(one.pictures) == sorted(other.pictures)

    check(endpoint)


def test_a_failure_names_its_example(endpoint: Endpoint) -> None:
    failing = holds_for(strategies.cases(1, 2), examples=EXAMPLES, pictures=0)(refuse_capitals)
    with pytest.raises(Nonconformity, match=r"capitals; falsifying example: texts \["):
        failing(endpoint)


def test_a_failure_is_the_same_each_time(endpoint: Endpoint) -> None:
    failing = holds_for(strategies.cases(1, 2), examples=EXAMPLES, pictures=0)(refuse_capitals)
    said = set()
    for _ in range(2):
        with pytest.raises(Nonconformity) as caught:
            failing(endpoint)
        said.add(caught.value.got)
    assert len(said) == 1


def test_an_endpoint_that_errs_now_and_then_fails(endpoint: Endpoint) -> None:
    calls = iter(range(1000))

    @holds_for(strategies.cases(1, 1), examples=EXAMPLES, pictures=0)
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
        (Mix((), (0, 3)), "pictures of 24 x 24, 64 x 64 pixels"),
        (Mix(("a",), (1,)), "texts ['a'] and pictures of 32 x 32 pixels"),
    ],
)
def test_a_mix_says_what_it_is(mix: Mix, shown: str) -> None:
    assert str(mix) == shown
