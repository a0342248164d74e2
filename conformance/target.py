"""The endpoint under test: a URL, or a container or reference encoder that the suite starts."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from conformance.containers import engine
from conformance.containers.container_under_test import ContainerUnderTest
from conformance.containers.engine import ContainerTrouble
from conformance.options import endpoint_url
from conformance.options.settings import Settings
from conformance.transport.endpoint import Preflight, Target, opened
from conformance.transport.readiness import Unusable, preflight
from conformance.transport.reference_process import Reference

Started = ContainerUnderTest | Reference
"""An endpoint that the suite has started."""


@dataclass(frozen=True)
class OpenTarget:
    """The target of a run, and the process started for it, if any."""

    target: Target
    stop: Callable[[], None] = lambda: None
    log: Callable[[], list[str]] = list
    """The end of the container's log; empty if there is no container."""


def open_target(settings: Settings) -> tuple[Settings, OpenTarget]:
    """The settings, updated from the image's labels, and the running and ready endpoint.

    Raises Unusable with one line, followed by the end of the container's log.
    """
    if settings.url is not None:
        endpoint_url.grant(settings.url, settings.header, settings.ca_file)
        seen = _look(settings, settings.url, lambda: True)
        return settings, OpenTarget(Target(settings.url, False, seen))
    if settings.image and "weights" not in settings.given and _has_stand_ins(settings):
        settings = replace(settings, weights="stand-in")
    return settings, _start(settings)


def _start(settings: Settings) -> OpenTarget:
    """The container or the reference, started and ready."""
    started = _container(settings) if settings.image else _reference(settings)
    try:
        seen = _look(settings, started.url, lambda: started.running)
    except Unusable as problem:
        said = _with_log(str(problem), started)
        started.stop()
        raise Unusable(said) from problem
    except BaseException:
        started.stop()
        raise
    if isinstance(started, ContainerUnderTest):
        target = Target(started.url, True, seen, asdict(started.started_image()))
        return OpenTarget(target, started.stop, started.final_log)
    return OpenTarget(Target(started.url, True, seen), started.stop)


def _has_stand_ins(settings: Settings) -> bool:
    """Whether the image's labels, if it is here, say that it serves a stand-in."""
    assert settings.image is not None
    env = dict(each.split("=", 1) for each in settings.env)
    return engine.serves_stand_in(settings.image, env)


def _with_log(problem: str, started: Started) -> str:
    """A one-line problem, followed by the end of the container's log."""
    if not isinstance(started, ContainerUnderTest):
        return problem if started.running else f"{problem}: {started.last_log_line()}"
    if not started.running:
        return started.died().with_log()
    return ContainerTrouble(f"{started.image}: {problem}", started.log_tail()).with_log()


def _reference(settings: Settings) -> Started:
    weights = "hub" if settings.weights == "published" else "stand-in"
    extra = ["--models", str(settings.models)] if settings.models else []
    return Reference(settings.model.tag, weights, settings.dimensions, extra)


def _container(settings: Settings) -> Started:
    try:
        return ContainerUnderTest(settings)
    except ContainerTrouble as problem:
        raise Unusable(problem.with_log()) from problem


def _look(settings: Settings, url: str, alive: Callable[[], bool]) -> Preflight:
    with opened(url, settings.endpoint_timeout) as endpoint:
        return preflight(endpoint, settings.wait, alive)
