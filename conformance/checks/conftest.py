"""What the checks are given: the endpoint, the options, the corpora, and what was measured."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from conformance.checks.aftermath import Aftermath
from conformance.checks.stash import CLIENT, EVIDENCE, SETTINGS, STOPWATCH, TARGET
from conformance.corpus.alignment import AlignedCorpus, corpus_for
from conformance.data import clauses, weaviate_versions
from conformance.data.models import Model
from conformance.expect.image_comparisons import ImageBatches
from conformance.expect.observations import Figure, Measure
from conformance.expect.statuses import not_applicable, not_judged
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint, Target

MOST_TIMEOUTS = 3
"""Exchanges that took all of their time: the rest of the run would take hours, and show no more."""


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
        client.listeners.append(pytestconfig.stash[STOPWATCH].heard)
        yield client


@pytest.fixture(scope="session")
def aftermath(client: Client) -> Aftermath:
    """Looks after the endpoint whenever something was refused or not answered."""
    watch = Aftermath(Endpoint(client))
    watch.start()
    client.listeners.append(watch.heard)
    return watch


@pytest.fixture(autouse=True)
def stop_where_the_endpoint_is_gone(
    aftermath: Aftermath, client: Client, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Names the running test to the aftermath, hands on what it found, and ends a lost run."""
    problems = request.node.stash.setdefault(EVIDENCE, [])
    name = request.node.name.removeprefix("test_").replace("_", " ")
    aftermath.test = name.replace("[", " (").replace("]", ")")
    marker = request.node.get_closest_marker("clause")
    aftermath.clause = marker.args[0]
    why = aftermath.gone or _too_slow(client)
    if why:
        problems += _taken(aftermath)
        request.session.shouldstop = why
        not_judged(why)
    yield
    problems += _taken(aftermath)
    if aftermath.gone:
        request.session.shouldstop = aftermath.gone


@pytest.fixture(autouse=True)
def only_what_holds_for_the_release(settings: Settings, request: pytest.FixtureRequest) -> None:
    """Leaves out the clauses that do not hold for the Weaviate of ``--for-weaviate``."""
    marker = request.node.get_closest_marker("clause")
    clause = clauses.all_clauses()[marker.args[0]]
    if not weaviate_versions.applies(clause, settings.for_weaviate):
        not_applicable(f"holds {weaviate_versions.described(clause)}")


def _taken(aftermath: Aftermath) -> list[Exception]:
    problems, aftermath.problems = aftermath.problems, []
    return list(problems)


def _too_slow(client: Client) -> str:
    if client.timeouts < MOST_TIMEOUTS:
        return ""
    return f"{client.timeouts} requests had no answer within their time; giving up"


@pytest.fixture
def endpoint(client: Client) -> Endpoint:
    """The endpoint under test."""
    return Endpoint(client)


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
def cache(client: Client) -> VectorCache:
    """What items give when they are sent alone; each is sent once a run."""
    return VectorCache(Endpoint(client))


@pytest.fixture(scope="session")
def batches(client: Client) -> ImageBatches:
    """What images of the format and size axes give; many go into one request."""
    return ImageBatches(Endpoint(client))


@pytest.fixture(scope="session")
def seeds(settings: Settings) -> range:
    """Which pairs of sizes and containers a run meets: more of them with ``--slow``."""
    return range(6 if settings.slow else 1)


@pytest.fixture(scope="session")
def encoded(cache: VectorCache, corpus: AlignedCorpus) -> EncodedCorpus:
    """The vectors of the corpus' English captions and images, in the corpus' order."""
    return EncodedCorpus(cache, corpus)
