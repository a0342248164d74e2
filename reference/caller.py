"""Whoever waits for an answer, and until when that is worth the work."""

import time
from collections.abc import Callable

PATIENCE = 45.0
"""Seconds until a request is answered 503. Weaviate itself gives up after 50 and tells its user
nothing but "context deadline exceeded"."""


class Caller:
    """One request's sender."""

    def __init__(
        self, hung_up: Callable[[], bool] = lambda: False, patience: float = PATIENCE
    ) -> None:
        self._until = time.monotonic() + patience
        self._hung_up = hung_up
        self._answered = False

    @property
    def seconds_left(self) -> float:
        """Until an answer comes too late; at least 0."""
        return max(0.0, self._until - time.monotonic())

    @property
    def waits(self) -> bool:
        """Whether work for this caller is still of use."""
        return not self._answered and self.seconds_left > 0 and not self._hung_up()

    def answered(self) -> None:
        """An answer is made, be it a refusal: what is still queued for it is not needed."""
        self._answered = True
