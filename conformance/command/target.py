"""The endpoint of this run: given by URL or started here, and what was first seen of it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from conformance.options.settings import Settings
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange
from conformance.transport.readiness import Preflight, Unusable, preflight
from conformance.transport.reference_process import NotStarted, Reference


@dataclass(frozen=True)
class Target:
    """A running endpoint."""

    url: str
    started_here: bool
    preflight: Preflight

    def to_plain(self) -> dict[str, Any]:
        """Plain values, fit for another process."""
        return asdict(self)

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "Target":
        """The target that `to_plain` took apart."""
        seen = {name: _exchange(value) for name, value in plain["preflight"].items()}
        return Target(plain["url"], plain["started_here"], Preflight(**seen))


def _exchange(plain: dict[str, Any]) -> Exchange:
    headers = tuple((name, value) for name, value in plain["request_headers"])
    return Exchange(**{**plain, "request_headers": headers})


def open_target(settings: Settings) -> tuple[Target, Callable[[], None]]:
    """The target of a run and the call that ends it; raises Unusable with one line."""
    if settings.url is not None:
        return Target(settings.url, False, _look(settings, settings.url, lambda: True)), _nothing
    weights = "hub" if settings.weights == "published" else "stand-in"
    try:
        extra = ["--models", str(settings.models)] if settings.models else []
        reference = Reference(settings.model.tag, weights, settings.dimensions, extra)
    except NotStarted as problem:
        raise Unusable(str(problem)) from problem
    try:
        seen = _look(settings, reference.url, lambda: reference.running)
    except Unusable as problem:
        words = "" if reference.running else f": {reference.last_log_line()}"
        reference.stop()
        raise Unusable(f"{problem}{words}") from problem
    except BaseException:
        reference.stop()
        raise
    return Target(reference.url, True, seen), reference.stop


def _look(settings: Settings, url: str, alive: Callable[[], bool]) -> Preflight:
    with closing(Client(url, settings.endpoint_timeout)) as client:
        return preflight(Endpoint(client), settings.wait, alive)


def _nothing() -> None:
    pass
