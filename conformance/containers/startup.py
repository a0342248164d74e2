"""From a started container to one that serves."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from conformance.containers.container import Container
from conformance.containers.errors import NeverReady
from conformance.transport.client import Client
from conformance.transport.endpoint import READY, Endpoint
from conformance.transport.exchange import Exchange

RESPONSE_SECONDS = 50.0
"""Weaviate's own patience with one request."""
PROBE_SECONDS = 3.0
PAUSE = 0.1
FIRST_TEXT = "a red circle"


@dataclass(frozen=True)
class Start:
    """How a container came up."""

    seconds: float
    """From the engine's start to the first ready response."""
    refused: tuple[Exchange, ...]
    """Responses to the probe before that, those that a listening server gave; oldest first."""
    first: Exchange
    """POST /vectorize, sent at once after it: fails where ready came before the model."""


def observe_start(container: Container, wait: float, texts: Sequence[str] = (FIRST_TEXT,)) -> Start:
    """Wait until it is ready, then send `texts`; raises DiedAtStart or NeverReady."""
    with closing(Client(container.url, RESPONSE_SECONDS)) as client:
        endpoint = Endpoint(client)
        refused = _until_ready(container, endpoint, wait)
        seconds = time.monotonic() - container.started
        return Start(seconds, refused, endpoint.vectorize(texts))


def _until_ready(container: Container, endpoint: Endpoint, wait: float) -> tuple[Exchange, ...]:
    refused: list[Exchange] = []
    deadline = time.monotonic() + wait
    while True:
        seen = endpoint.get(READY, PROBE_SECONDS)
        if not seen.failure and 200 <= seen.status <= 299:
            return tuple(refused)
        if not seen.failure:
            refused.append(seen)
        if not container.running:
            raise container.died()
        if time.monotonic() >= deadline:
            raise _never(container, seen, wait)
        time.sleep(PAUSE)


def _never(container: Container, seen: Exchange, wait: float) -> NeverReady:
    what = f"the container of {container.image} runs but was not ready within {wait:g} s"
    return NeverReady(f"{what}: {READY} gives {seen.summary()}", container.log_tail())
