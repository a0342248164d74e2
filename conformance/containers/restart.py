"""A container that is told to end, and one that is started again."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from conformance.containers import engine
from conformance.containers.container import Container
from conformance.containers.errors import ContainerTrouble
from conformance.containers.startup import RESPONSE_SECONDS, observe_start
from conformance.transport.client import Client
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange

GRACE_SECONDS = 10
"""After which ``docker stop`` kills; Kubernetes waits 30 s."""
SIGKILLED = 128 + 9


@dataclass(frozen=True)
class Stop:
    """What SIGTERM (or the image's own STOPSIGNAL) did."""

    seconds: float
    exit_code: int
    log: tuple[str, ...]

    @property
    def killed(self) -> bool:
        """Whether the grace period was over before the process was."""
        return self.exit_code == SIGKILLED


@dataclass(frozen=True)
class Restart:
    """The same request before and after a restart; `trouble` where it did not come up again."""

    before: Exchange
    stop: Stop
    after: Exchange | None
    trouble: ContainerTrouble | None = None


def observe_stop(container: Container, grace: int = GRACE_SECONDS) -> Stop:
    """Tell it to end, and kill it after `grace` seconds; the container itself stays."""
    begun = time.monotonic()
    # The command is bounded too, and by more than what it waits for.
    engine.call("stop", "--time", str(grace), container.id, seconds=grace + engine.COMMAND_SECONDS)
    seconds = time.monotonic() - begun
    return Stop(seconds, container.state.exit_code, tuple(container.log_tail()))


def observe_restart(
    container: Container, texts: Sequence[str], images: Sequence[bytes], wait: float
) -> Restart:
    """Vectorize, stop, start, vectorize.

    `texts` and `images` travel in one request, `images` being files' bytes. Its URL is another
    afterwards.
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
    with closing(Client(container.url, RESPONSE_SECONDS)) as client:
        return Endpoint(client).vectorize(texts, images)
