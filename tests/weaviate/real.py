"""A real Weaviate for the project's own tests, where one lies in the client's cache."""

import pytest

from conformance.weaviate import binary
from conformance.weaviate.choice import TURN_ON, Choice

needed = pytest.mark.skipif(binary.at_hand() is None, reason=TURN_ON)


def choice() -> Choice:
    """The program at hand."""
    version = binary.at_hand()
    assert version is not None
    return Choice("embedded", version)
