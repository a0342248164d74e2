"""A short version of the endurance run, and the bad requests that it sends."""

import threading
from collections.abc import Iterator
from random import Random

import pytest

pytest.importorskip("torch")

from conformance.data.models import Model
from lab.benchmarks import bad_requests, endurance
from reference import http_server
from reference.app import create_app
from reference.settings import MAX_ITEMS, MIB, Settings
from tests.reference.conftest import MeanColour, loaded

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    settings = Settings(model=Model(tag="mean-colour"), max_body=32 * MIB)
    listener = http_server.listen("127.0.0.1", 0)
    app = create_app(loaded(MeanColour()), settings)
    running = http_server.build(app, listener, settings.max_body)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    yield http_server.url("127.0.0.1", listener)
    running.close()
    thread.join(5)


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
