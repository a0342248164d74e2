"""Observe a container's startup, memory, restart, and behavior under restrictions."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from conformance.containers import engine
from conformance.containers.container import Container, ContainerOptions
from conformance.containers.engine import CommandFailed, ContainerTrouble
from conformance.transport.child_process import wait_until
from conformance.transport.endpoint import READY, Endpoint, opened
from conformance.transport.exchange import Exchange
from conformance.transport.readiness import FIRST_TEXT

RESPONSE_SECONDS = 50.0
"""Weaviate's default timeout for a request."""
PROBE_SECONDS = 3.0
UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
GRACE_SECONDS = 10
"""Seconds after which ``docker stop`` kills the container; Kubernetes waits 30 s."""
SIGKILLED = 128 + 9
OTHER_USER = "12345:12345"
"""A user ID that no image defines, like those that OpenShift assigns."""
TEMPORARY_FOLDERS = ("/tmp", "/var/tmp", "/run", "/dev")


@dataclass(frozen=True)
class Start:
    """How a container started."""

    seconds: float
    """From the engine's start command to the first ready response."""
    refused: tuple[Exchange, ...]
    """Responses to earlier probes, from a server that was already listening; oldest first."""
    first: Exchange
    """POST /vectorize, sent immediately after; fails if the model was not loaded by then."""


def observe_start(container: Container, wait: float) -> Start:
    """Wait until the container is ready, then send a text; raises ContainerTrouble."""
    with opened(container.url, RESPONSE_SECONDS) as endpoint:
        refused = _until_ready(container, endpoint, wait)
        seconds = time.monotonic() - container.started
        return Start(seconds, refused, endpoint.vectorize([FIRST_TEXT]))


def _until_ready(container: Container, endpoint: Endpoint, wait: float) -> tuple[Exchange, ...]:
    seen: list[Exchange] = []

    def is_ready() -> bool:
        seen.append(endpoint.get(READY, PROBE_SECONDS))
        if not seen[-1].succeeded and not container.running:
            raise container.died()
        return seen[-1].succeeded

    if not wait_until(is_ready, wait):
        what = f"the container of {container.image} is running but not ready after {wait:g} s"
        line = f"{what}: {READY} returns {seen[-1].summary()}"
        raise ContainerTrouble(line, container.log_tail())
    return tuple(each for each in seen[:-1] if not each.failure)


@dataclass(frozen=True)
class Memory:
    """Bytes, without the file cache that the kernel can reclaim."""

    at_rest: int
    under_load: int
    """The maximum of all samples; a sample takes about two seconds, so peaks can be missed."""
    samples: int


def observe_memory(container: str, load: Callable[[], object]) -> Memory:
    """Measure at rest, then repeatedly while `load` runs; raises what `load` raises."""
    at_rest = used(container)
    samples: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(load)
        while not working.done():
            samples.append(used(container))
        working.result()
    return Memory(at_rest, max(samples, default=at_rest), len(samples))


def used(container: str) -> int:
    """Bytes that the container with that id uses now."""
    shown = engine.call("stats", "--no-stream", "--format", "{{.MemUsage}}", container)
    return parsed(shown)


def parsed(shown: str) -> int:
    """The bytes of ``123.4MiB / 23.4GiB``: the first figure, which has at most four digits."""
    found = re.match(r"\s*([\d.]+)\s*([KMGT]?i?B)\b", shown)
    if found is None or found[2] not in UNITS:
        raise CommandFailed(f"the engine does not report memory use: {shown.strip()!r}")
    return int(float(found[1]) * UNITS[found[2]])


@dataclass(frozen=True)
class Stop:
    """The effect of SIGTERM (or of the image's own STOPSIGNAL)."""

    seconds: float
    exit_code: int
    log: tuple[str, ...]

    @property
    def killed(self) -> bool:
        """Whether the process outlived the grace period."""
        return self.exit_code == SIGKILLED


@dataclass(frozen=True)
class Restart:
    """The same request before and after a restart; `trouble` if it did not start again."""

    before: Exchange
    stop: Stop
    after: Exchange | None
    trouble: ContainerTrouble | None = None


def observe_stop(container: Container, grace: int = GRACE_SECONDS) -> Stop:
    """Stop the process, and kill it after `grace` seconds; the container itself is kept."""
    begun = time.monotonic()
    # The command's own time limit must exceed the grace period.
    engine.call("stop", "--time", str(grace), container.id, seconds=grace + engine.COMMAND_SECONDS)
    seconds = time.monotonic() - begun
    return Stop(seconds, container.state.exit_code, tuple(container.log_tail()))


def observe_restart(
    container: Container, texts: Sequence[str], images: Sequence[bytes], wait: float
) -> Restart:
    """Vectorize, stop, start, and vectorize again.

    `texts` and `images` (file contents) are sent in one request. The restart changes the URL.
    """
    before = _vectorized(container, texts, images)
    stop = observe_stop(container)
    try:
        container.start()
        observe_start(container, wait)
    except ContainerTrouble as trouble:
        return Restart(before, stop, None, trouble)
    return Restart(before, stop, _vectorized(container, texts, images))


def _vectorized(container: Container, texts: Sequence[str], images: Sequence[bytes]) -> Exchange:
    with opened(container.url, RESPONSE_SECONDS) as endpoint:
        return endpoint.vectorize(texts, images)


@dataclass(frozen=True)
class Confined:
    """A container under one restriction: either `trouble`, or its answer."""

    trouble: ContainerTrouble | None
    text: Exchange | None = None
    image: Exchange | None = None


READ_ONLY: dict[str, Any] = {"read_only": True}
"""A read-only root with an empty, writable /tmp."""
ANOTHER_USER: dict[str, Any] = {"user": OTHER_USER}
"""Neither the image's user nor its group."""


def observe_confined(
    image: str, options: ContainerOptions, wait: float, item: bytes, **limits: Any
) -> Confined:
    """Start a container with these restrictions, and vectorize `item`, an image file."""
    try:
        # The first container has already pulled it.
        with Container(image, replace(options, pull="never", **limits)) as container:
            start = observe_start(container, wait)
            return Confined(None, start.first, _vectorized(container, (), [item]))
    except ContainerTrouble as trouble:
        return Confined(trouble)


def written_paths(container: str, mounted: Iterable[str] = ()) -> list[str]:
    """The paths that the container with that id has written, changed, or removed.

    Temporary directories and what is `mounted`, which the engine lists too, are left out.
    """
    lines = engine.call("diff", container).splitlines()
    changed = {line[2:] for line in lines if len(line) > 2}
    ours = (*TEMPORARY_FOLDERS, *mounted)
    return sorted(path for path in changed if not _explained(path, changed, ours))


def _explained(path: str, changed: Collection[str], ours: Collection[str]) -> bool:
    """Whether the path lies in `ours`, or is a directory listed only for a change inside it."""
    pure = PurePosixPath(path)
    inside = any(pure.is_relative_to(folder) for folder in ours)
    return inside or any(pure in PurePosixPath(other).parents for other in (*changed, *ours))
