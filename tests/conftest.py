"""What the tests of faulty and of legal endpoints share."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.endpoints.warm import Warm


@pytest.fixture(scope="session")
def runner() -> Iterator[Warm]:
    """The suite, imported once."""
    with closing(Warm()) as warm:
        yield warm
