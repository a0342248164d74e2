"""What comes after a refusal, a time-out or an odd item: is the endpoint still there?

After each of them the suite sends a small good request. Three things can come of it. It is served,
as ever: nothing has happened. It is refused, though such a request was served before: the endpoint
is poisoned, and what was sent before it is named. It is not answered at all: the endpoint is dead,
and the run ends here instead of waiting for every request that is left.
"""

import time
from collections.abc import Sequence

from conformance.corpus import image_files
from conformance.corpus.items import Items
from conformance.data import timeouts
from conformance.expect.causes import Cause, CauseKind, response_signature
from conformance.expect.nonconformity import Nonconformity, PrerequisiteFailed
from conformance.expect.responses import vectors
from conformance.transport.endpoint import Endpoint
from conformance.transport.exchange import Exchange
from conformance.transport.failures import FailureKind

TEXT = "a red circle"
SIZE = 32
TRIES = 3
"""At a closed port, a second apart: the endpoint may be starting again."""


class Aftermath:
    """Listens to every exchange of a client; `problems` is what has not been told yet."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._asking = False
        self._served: dict[str, bool] = {}
        """Whether a good request was served at first, by what it asked for."""
        self._slowest = 0.0
        self._before: Exchange | None = None
        self.test = ""
        """The test that is running: what names an item."""
        self.gone = ""
        """Why no further request is worth sending; empty while the endpoint answers."""
        self.problems: list[Nonconformity] = []

    def start(self) -> None:
        """See what the endpoint does with good requests before anything odd was sent."""
        for good in (Items([TEXT]), Items([TEXT], [_image()])):
            exchange = self._ask(good, self._endpoint.client.timeout)
            self._served[_name(good)] = _is_served(exchange, good)
            self._slowest = max(self._slowest, exchange.seconds)
            if exchange.failed_by(FailureKind.TIMED_OUT) and self._unanswered(good):
                self._end(exchange, exchange, "it began")

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Look after the endpoint where one of these was refused or had no answer."""
        if self._asking or self.gone:
            return
        odd = [each for each in exchanges if each.method == "POST" and _is_odd(each)]
        if odd:
            self._look_after(odd[0])
        self._before = exchanges[-1] if exchanges else self._before

    def _look_after(self, odd: Exchange) -> None:
        good = Items([TEXT], [_image()] if b'"images"' in odd.request_body else [])
        if not self._served.get(_name(good)):
            good = Items([TEXT])
        after = self._ask(good, self._patience())
        if after.failure is None:
            self._poisoned(odd, after, good)
        elif self._unanswered(good):
            self._end(odd, after, self._since(odd))

    def _since(self, odd: Exchange) -> str:
        before = self._before
        if odd.failure is None or before is None or before.failure is not None:
            return self.test
        return f"{self.test}, or the request before it (answered with {before.status})"

    def _poisoned(self, odd: Exchange, after: Exchange, good: Items) -> None:
        if not self._served.get(_name(good)) or _is_served(after, good):
            return
        self._served[_name(good)] = False
        cause = Cause(CauseKind.POISONED, _name(good), response_signature(after))
        got = f"a good request is no longer served since {self.test}: {after.summary()}"
        expected = "the next good request served as before"
        self.problems.append(PrerequisiteFailed(got, expected, (odd, after), cause))

    def _end(self, odd: Exchange, after: Exchange, since: str) -> None:
        self.gone = f"the endpoint no longer answers a good request; dead since {since}"
        got = f"no answer to a good request; dead since {since}"
        cause = Cause(CauseKind.DEAD)
        shown = (odd,) if odd is after else (odd, after)
        expected = "an answer to the next good request"
        self.problems.append(PrerequisiteFailed(got, expected, shown, cause))

    def _unanswered(self, good: Items) -> bool:
        """Whether a good request has no answer once more; a closed port gets a few seconds."""
        for _ in range(TRIES):
            again = self._ask(good, self._patience())
            if again.failure is None:
                return False
            if not again.failed_by(FailureKind.NO_CONNECTION):
                return True
            time.sleep(1)
        return True

    def _patience(self) -> float:
        quick = self._slowest < 1
        return (
            min(timeouts.GOOD_REQUEST, self._endpoint.client.timeout)
            if quick
            else (self._endpoint.client.timeout)
        )

    def _ask(self, good: Items, timeout: float) -> Exchange:
        self._asking = True
        try:
            return self._endpoint.vectorize(good.texts, good.images, timeout)
        finally:
            self._asking = False


def _is_odd(exchange: Exchange) -> bool:
    return exchange.failure is not None or exchange.status > 399


def _is_served(exchange: Exchange, good: Items) -> bool:
    try:
        vectors(exchange, len(good.texts), len(good.images))
    except Nonconformity:
        return False
    return True


def _name(good: Items) -> str:
    return "texts and images" if good.images else "texts"


def _image() -> bytes:
    return image_files.save(image_files.image(0, SIZE), "PNG")
