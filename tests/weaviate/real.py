"""A real Weaviate for the project's own tests, where one lies in the client's cache."""

import pytest

from conformance.weaviate import server_selection
from conformance.weaviate.server_selection import TURN_ON, ServerSelection

needed = pytest.mark.skipif(server_selection.at_hand() is None, reason=TURN_ON)


def choice() -> ServerSelection:
    """The program at hand."""
    version = server_selection.at_hand()
    assert version is not None
    return ServerSelection("embedded", version)
