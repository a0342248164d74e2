"""A short version of the endurance run, and the bad requests that it sends."""

from random import Random

import pytest

pytest.importorskip("torch")

from lab.benchmarks import bad_requests, endurance
from reference.settings import MAX_ITEMS
from tests.reference.test_server import url

__all__ = ["url"]
pytestmark = pytest.mark.reference


def test_bad_requests_among_good_ones(url: str) -> None:
    assert not endurance.fuzz(url, 80)


def test_wrong_answers_are_counted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bad_requests, "MAKERS", {"not bad": lambda _rng: b"{}"})
    assert endurance.fuzz(url, 8) == {"not bad: status 200": 8}


def test_probes_are_counted(url: str) -> None:
    times, failures = endurance.probes(url, 0.5, 2)
    assert (len(times) > 0, failures) == (True, 0)


def test_every_kind_of_bad_request_is_seeded() -> None:
    for make in bad_requests.MAKERS.values():
        assert make(Random(3)) == make(Random(3))


def test_too_many_items_are_more_than_the_reference_takes() -> None:
    assert bad_requests.MOST_ITEMS == MAX_ITEMS
