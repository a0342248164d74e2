"""What the tests of faulty and of legal endpoints share."""

import signal
from collections.abc import Iterator
from contextlib import closing

import httpcore
import pytest

from tests.endpoints.suite_process import SuiteProcess

LOADED_EARLY = httpcore
"""httpx loads it on first use. Were that inside one of pytester's runs, which put `sys.modules`
back as they were, there would be a second copy afterwards, whose errors httpx does not know."""


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Processes that the tests start can be interrupted, also where a shell runs all this in the
    background and so has told it to ignore that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def runner() -> Iterator[SuiteProcess]:
    """The suite, imported once."""
    with closing(SuiteProcess()) as warm:
        yield warm
