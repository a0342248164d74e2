"""The endpoint of this run: given by URL or started here, and what was first seen of it."""

from collections.abc import Callable
from contextlib import closing

from conformance.options.settings import Settings
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.readiness import Preflight, Unusable, preflight
from conformance.transport.reference_process import NotStarted, Reference
from conformance.transport.target import Target


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
