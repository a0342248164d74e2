"""The endpoint of this run: given by URL, or started here as a container or as the reference."""

from collections.abc import Callable
from contextlib import closing
from typing import Protocol

from conformance.containers.container import Container
from conformance.containers.options import ContainerOptions
from conformance.containers.trouble import ContainerTrouble
from conformance.options.settings import Settings
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.readiness import Preflight, Unusable, preflight
from conformance.transport.reference_process import NotStarted, Reference
from conformance.transport.target import Target


class Started(Protocol):
    """An endpoint that the suite has started."""

    url: str

    @property
    def running(self) -> bool:
        """Whether it is still there."""

    def last_log_line(self) -> str:
        """The last line that it wrote."""

    def stop(self) -> None:
        """End it."""


def open_target(settings: Settings) -> tuple[Target, Callable[[], None]]:
    """The target of a run and the call that ends it; raises Unusable with one line."""
    if settings.url is not None:
        return Target(settings.url, False, _look(settings, settings.url, lambda: True)), _nothing
    started = _container(settings) if settings.image else _reference(settings)
    try:
        seen = _look(settings, started.url, lambda: started.running)
    except Unusable as problem:
        words = f"; last line of its log: {started.last_log_line()}" if settings.image else ""
        words = words if started.running else f": {started.last_log_line()}"
        started.stop()
        raise Unusable(f"{problem}{words}") from problem
    except BaseException:
        started.stop()
        raise
    digest = started.digest if isinstance(started, Container) else ""
    return Target(started.url, True, seen, digest), started.stop


def _reference(settings: Settings) -> Started:
    weights = "hub" if settings.weights == "published" else "stand-in"
    extra = ["--models", str(settings.models)] if settings.models else []
    try:
        return Reference(settings.model.tag, weights, settings.dimensions, extra)
    except NotStarted as problem:
        raise Unusable(str(problem)) from problem


def _container(settings: Settings) -> Started:
    assert settings.image is not None
    environment = dict(each.split("=", 1) for each in settings.env)
    options = ContainerOptions(environment, settings.gpus, settings.pull)
    try:
        return Container(settings.image, options)
    except ContainerTrouble as problem:
        raise Unusable(str(problem)) from problem


def _look(settings: Settings, url: str, alive: Callable[[], bool]) -> Preflight:
    with closing(Client(url, settings.endpoint_timeout)) as client:
        return preflight(Endpoint(client), settings.wait, alive)


def _nothing() -> None:
    pass
