"""Fixtures for the checks: the endpoint, the options, the corpora, and the measurements."""

import pytest

from conformance.corpus.alignment import AlignedCorpus, corpus_for
from conformance.data.models import Model
from conformance.expect.aftermath import Aftermath
from conformance.expect.comparisons import Precision
from conformance.expect.image_comparisons import ImageBatches
from conformance.expect.responses import Figure, Measure
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings
from conformance.session import Session
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint, Target


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Session:
    """The run that the checks belong to."""
    session: Session | None = pytestconfig.pluginmanager.get_plugin(Session.NAME)
    assert session is not None
    return session


@pytest.fixture(scope="session")
def settings(run: Session) -> Settings:
    """The options of the run."""
    return run.settings


@pytest.fixture(scope="session")
def target(run: Session) -> Target:
    """The endpoint's address and the first response from it."""
    assert run.opened is not None
    return run.opened.target


@pytest.fixture(scope="session")
def model(settings: Settings) -> Model:
    """The entry of the models table for the model that the endpoint serves."""
    return settings.model


@pytest.fixture(scope="session")
def client(run: Session) -> Client:
    """The client, which limits the time and memory of each exchange."""
    return run.client


@pytest.fixture(scope="session")
def aftermath(run: Session) -> Aftermath:
    """Checks that the endpoint still works after a rejected or unanswered request."""
    return run.aftermath


@pytest.fixture
def endpoint(client: Client) -> Endpoint:
    """The endpoint under test."""
    return Endpoint(client)


@pytest.fixture(scope="session")
def corpus(settings: Settings) -> AlignedCorpus:
    """The captioned images that suit the weights."""
    return corpus_for(settings)


@pytest.fixture
def figures(run: Session) -> dict[str, Figure]:
    """Arrays to plot in report.html, by title."""
    return run.notes.figures


@pytest.fixture
def measure(run: Session) -> Measure:
    """Call it with a name and a value to record a measurement in the report."""
    return run.notes.measurements.__setitem__


@pytest.fixture(scope="session")
def cache(client: Client) -> VectorCache:
    """The vectors of items sent alone; each item is sent once per run."""
    return VectorCache(Endpoint(client))


@pytest.fixture(scope="session")
def precision(run: Session) -> Precision:
    """The noise of the endpoint's vectors."""
    return run.precision


@pytest.fixture(scope="session")
def batches(client: Client, model: Model) -> ImageBatches:
    """The vectors of the images in the format and size checks, requested in batches."""
    return ImageBatches(Endpoint(client), model)


@pytest.fixture(scope="session")
def seeds(settings: Settings) -> range:
    """The seeds of the size and format combinations; more of them with ``--slow``."""
    return range(6 if settings.slow else 1)


@pytest.fixture(scope="session")
def encoded(cache: VectorCache, corpus: AlignedCorpus) -> EncodedCorpus:
    """The vectors of the corpus's English captions and images, in the corpus's order."""
    return EncodedCorpus(cache, corpus)
