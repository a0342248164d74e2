"""How many requests are held at a time, and how many bytes of their bodies."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from reference.caller import Caller
from reference.errors import UnavailableError

CALLERS = 512
"""Vectorize requests held at a time; more than any Weaviate sends (twice its processors)."""

BODIES = 4
"""Bodies of the largest size that are in memory at a time; or as much of smaller ones."""


class Gate:
    """Callers wait here for their turn, until it would come too late."""

    def __init__(self, callers: int, body_bytes: int) -> None:
        self._callers = threading.BoundedSemaphore(callers)
        self._free = body_bytes
        self._all = body_bytes
        self._changed = threading.Condition()

    @contextmanager
    def entered(self, length: int, caller: Caller) -> Iterator[None]:
        """Hold `length` bytes of memory; raises `UnavailableError`."""
        if not self._callers.acquire(blocking=False):
            raise UnavailableError("too many requests at a time; try again")
        try:
            self._take(min(length, self._all), caller)
            try:
                yield
            finally:
                self._give(min(length, self._all))
        finally:
            self._callers.release()

    def _take(self, length: int, caller: Caller) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._free >= length, caller.seconds_left):
                raise UnavailableError("too many large requests at a time; try again")
            self._free -= length

    def _give(self, length: int) -> None:
        with self._changed:
            self._free += length
            self._changed.notify_all()
