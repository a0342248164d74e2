"""Fixtures for the checks: the endpoint, the options, the corpora and the measurements."""

import pytest

from conformance.corpus.alignment import AlignedCorpus
from conformance.data.models import Model
from conformance.expect.aftermath import Aftermath
from conformance.expect.image_comparisons import ImageBatches
from conformance.expect.observations import Figure, Measure
from conformance.expect.vector_cache import EncodedCorpus, VectorCache
from conformance.options.settings import Settings
from conformance.session import Session
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint, Target


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Session:
    """The run that this is a part of."""
    session: Session | None = pytestconfig.pluginmanager.get_plugin("clip-conformance-session")
    assert session is not None
    return session


@pytest.fixture(scope="session")
def settings(run: Session) -> Settings:
    """The options of the run."""
    return run.settings


@pytest.fixture(scope="session")
def target(run: Session) -> Target:
    """The endpoint's address and what was first seen of it."""
    assert run.opened is not None
    return run.opened.target


@pytest.fixture(scope="session")
def model(settings: Settings) -> Model:
    """The row of the model that the endpoint serves."""
    return settings.model


@pytest.fixture(scope="session")
def client(run: Session) -> Client:
    """The bounded client."""
    return run.client


@pytest.fixture(scope="session")
def aftermath(run: Session) -> Aftermath:
    """Looks after the endpoint whenever something was refused or not answered."""
    return run.aftermath


@pytest.fixture
def endpoint(client: Client) -> Endpoint:
    """The endpoint under test."""
    return Endpoint(client)


@pytest.fixture(scope="session")
def corpus(run: Session) -> AlignedCorpus:
    """The images with captions that fit the weights."""
    return run.corpus


@pytest.fixture
def figures(run: Session) -> dict[str, Figure]:
    """Put an image's data into it, to be drawn in report.html."""
    return run.notes.figures


@pytest.fixture
def measure(run: Session) -> Measure:
    """Call it with a name and a value to put them under `measurements` in the report."""
    return run.notes.measurements.__setitem__


@pytest.fixture(scope="session")
def cache(run: Session) -> VectorCache:
    """What items give when they are sent alone; each is sent once a run."""
    return run.cache


@pytest.fixture(scope="session")
def batches(run: Session) -> ImageBatches:
    """What images of the format and size axes give; many go into one request."""
    return run.batches


@pytest.fixture(scope="session")
def seeds(settings: Settings) -> range:
    """Which pairs of sizes and containers a run meets: more of them with ``--slow``."""
    return range(6 if settings.slow else 1)


@pytest.fixture(scope="session")
def encoded(run: Session) -> EncodedCorpus:
    """The vectors of the corpus' English captions and images, in the corpus' order."""
    return run.encoded
