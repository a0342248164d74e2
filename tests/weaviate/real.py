"""A real Weaviate for the project's own tests, where one lies in the client's cache."""

import pytest

from conformance.weaviate.server import binary
from conformance.weaviate.server.server_selection import TURN_ON, ServerSelection

needed = pytest.mark.skipif(binary.at_hand() is None, reason=TURN_ON)


def choice() -> ServerSelection:
    """The program at hand."""
    version = binary.at_hand()
    assert version is not None
    return ServerSelection("embedded", version)
