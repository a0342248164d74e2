"""What the checks are given: the endpoint, the options, the corpora, and what was measured."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from conformance.command.run import CLIENT, SETTINGS, TARGET
from conformance.command.target import Target
from conformance.corpus.alignment import AlignedCorpus, corpus_for
from conformance.data.models import Model
from conformance.expect import Vectors
from conformance.expect.statuses import not_run
from conformance.expect.vector_cache import Alone, encode
from conformance.options.settings import Settings
from conformance.report.phase_result import Figure, Measure
from conformance.transport.client import Client
from conformance.transport.endpoint import READY, Endpoint

UNANSWERED = 3
"""Exchanges in a row without any answer, and no answer from ready: the endpoint is gone."""
LATE = 8
"""Exchanges that took all of their time: the rest of the run would take hours, and show no more."""
READY_WITHIN = 2.0


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    """The options of the run."""
    return pytestconfig.stash[SETTINGS]


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Target:
    """The endpoint's address and what was first seen of it."""
    return pytestconfig.stash[TARGET]


@pytest.fixture(scope="session")
def model(settings: Settings) -> Model:
    """The row of the model that the endpoint serves."""
    return settings.model


@pytest.fixture(scope="session")
def client(target: Target, settings: Settings, pytestconfig: pytest.Config) -> Iterator[Client]:
    """The bounded client."""
    with closing(Client(target.url, settings.endpoint_timeout)) as client:
        pytestconfig.stash[CLIENT] = client
        yield client


@pytest.fixture(autouse=True)
def abort_if_endpoint_gone(client: Client, request: pytest.FixtureRequest) -> None:
    """Ends the run where the endpoint is gone, or never in time."""
    why = _given_up(Endpoint(client))
    if why:
        request.session.shouldstop = why
        not_run(why)


@pytest.fixture
def endpoint(client: Client) -> Endpoint:
    """The endpoint under test."""
    return Endpoint(client)


def _given_up(endpoint: Endpoint) -> str | None:
    client = endpoint.client
    if client.late >= LATE:
        return f"{client.late} requests had no answer within {client.timeout:g} s; giving up"
    if client.unanswered >= UNANSWERED and endpoint.get(READY, READY_WITHIN).failure:
        return "the endpoint no longer answers anything; giving up"
    return None


@pytest.fixture(scope="session")
def corpus(settings: Settings) -> AlignedCorpus:
    """The images with captions that fit the weights."""
    return corpus_for(settings)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> dict[str, Figure]:
    """Put an image's data into it, to be drawn in report.html."""
    found: dict[str, Figure] = {}
    request.node.clip_figures = found
    return found


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Measure:
    """Call it with a name and a value to put them under `measurements` in the report."""
    measurements: dict[str, float | str] = {}
    request.node.clip_measurements = measurements
    return measurements.__setitem__


@pytest.fixture(scope="session")
def alone(client: Client) -> Alone:
    """What an item gives when it is sent alone; each is sent once a run."""
    return Alone(Endpoint(client))


@pytest.fixture(scope="session")
def encoded(client: Client, corpus: AlignedCorpus) -> Vectors:
    """Vectors of the corpus: English captions (n, d) and images (n, d), in the corpus' order."""
    return encode(Endpoint(client), corpus)
