"""Limit the number, size, and duration of concurrent requests."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reference.errors import UnavailableError

REQUESTS = 512
"""Simultaneous vectorize requests; more than any Weaviate sends (twice its processors)."""

BODIES = 4
"""Number of maximum-size bodies in memory at once, or as many bytes in smaller ones."""

PATIENCE = 45.0
"""Seconds until a request gets status 503. Weaviate itself gives up after 50, and shows its user
only "context deadline exceeded"."""


SPREAD = 32
"""Additional requests that each worker accepts, since connections do not spread evenly."""


class Caller:
    """The client of one request, and its deadline."""

    def __init__(
        self, hung_up: Callable[[], bool] = lambda: False, patience: float = PATIENCE
    ) -> None:
        self._until = time.monotonic() + patience
        self._hung_up = hung_up
        self._answered = False

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline; at least 0."""
        return max(0.0, self._until - time.monotonic())

    @property
    def waits(self) -> bool:
        """Whether this client is still waiting for the work."""
        return not self._answered and self.seconds_left > 0 and not self._hung_up()

    def answered(self) -> None:
        """Record that a response (or rejection) exists, so queued work is no longer needed."""
        self._answered = True


class Gate:
    """Makes requests wait for memory until their deadline, and rejects surplus ones immediately."""

    def __init__(self, requests: int, body_bytes: int) -> None:
        self._requests = threading.BoundedSemaphore(requests)
        self._free = body_bytes
        self._all = body_bytes
        self._changed = threading.Condition()

    @contextmanager
    def entered(self, length: int, caller: Caller) -> Iterator[None]:
        """Hold `length` bytes of memory; raises `UnavailableError`."""
        if not self._requests.acquire(blocking=False):
            raise UnavailableError("too many requests at once; try again")
        try:
            self._take(min(length, self._all), caller)
            try:
                yield
            finally:
                self._give(min(length, self._all))
        finally:
            self._requests.release()

    def _take(self, length: int, caller: Caller) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._free >= length, caller.seconds_left):
                raise UnavailableError("too many large requests at once; try again")
            self._free -= length

    def _give(self, length: int) -> None:
        with self._changed:
            self._free += length
            self._changed.notify_all()
