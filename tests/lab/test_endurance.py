"""A short version of the endurance run and the invalid requests that it sends."""

import pytest

pytest.importorskip("torch")

from lab.benchmarks import bad_requests, endurance
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
