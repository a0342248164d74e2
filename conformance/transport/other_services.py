"""Recognising a service of another kind, which somebody has pointed the suite at by mistake."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from conformance.data import fixture_files
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

LOOK = 2.0
"""Seconds that each look may take: the service has just answered another request."""


@dataclass(frozen=True)
class OtherService:
    """How a kind of service is told, and what to do about it."""

    name: str
    path: str
    hint: str
    source: str
    keys: tuple[str, ...] = ()
    text: str = ""

    def fits(self, exchange: Exchange) -> bool:
        """Whether the answer to a GET of `path` is this service's."""
        if exchange.failure:
            return False
        if self.text:
            return self.text.encode() in exchange.body
        document = exchange.json()
        return isinstance(document, Mapping) and document.keys() >= set(self.keys)


@cache
def known() -> tuple[OtherService, ...]:
    """The services of the table, in its order."""
    rows = fixture_files.toml("other_services.toml")["service"]
    return tuple(OtherService(**{**row, "keys": tuple(row.get("keys", ()))}) for row in rows)


def recognise(endpoint: Endpoint) -> OtherService | None:
    """The kind of service that answers there, if it is one of the table."""
    seen: dict[str, Exchange] = {}
    for service in known():
        if service.path not in seen:
            seen[service.path] = endpoint.get(service.path, timeout=LOOK)
        if service.fits(seen[service.path]):
            return service
    return None
