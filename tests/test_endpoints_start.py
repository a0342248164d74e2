"""Endpoints that no other test starts can be started, probed, and stopped."""

import httpx
import pytest

from tests.endpoints import registry
from tests.endpoints.server import serve

REST = {name: entry for name, entry in registry.faults().items() if entry.needs_more}


@pytest.mark.parametrize("name", REST)
def test_endpoint_starts_and_stops(name: str) -> None:
    with serve(REST[name].build()) as url:
        assert httpx.get(f"{url}/.well-known/ready").status_code == 204
