"""Small valid requests that show whether the endpoint still works and how long each item takes.

Their responses are not checked here. From the first responses, the client's `Pace` learns how long
a text and an image take, alone and among several, so that later requests can be sized accordingly.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from conformance.corpus import image_files
from conformance.data import timeouts
from conformance.expect import given
from conformance.expect.nonconformity import PrerequisiteFailed
from conformance.transport.endpoint import Endpoint, Items
from conformance.transport.exchange import Exchange, FailureKind
from conformance.transport.pace import Pace, kilochars, megapixels

TEXT = "a red circle"
CAPTION = "a red circle and a blue square on a wooden table beside a cup of coffee, seen from above"
"""A text of average length for a run."""
LARGE = 700
"""Pixels per side of the image that shows what a megapixel costs."""
LONG_TEXT = 2500
"""Characters of the text that shows what length costs."""
SLOW_TEXT = 0.03
"""Seconds for a text above which long texts may take too long."""
QUICK = 0.25
"""Seconds up to which a first response is taken as the cost of such an item."""
BEARABLE = 1.5
"""If an item takes at most this many seconds, several are also measured together."""
FEW = 3
SEVERAL = 8
"""Items in the request that shows the cost of one among several."""
DRAINED = 4
"""Number of timeouts within which an endpoint must finish abandoned requests."""
TEXTS_ALONE = Items([TEXT])
TEXTS, IMAGES = "texts", "images"
TRIES = 3
PAUSE = 1.0
"""Seconds between two tries, since a port may open soon or a rate limit expire."""


class GoodRequests:
    """Sends small valid requests to one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._pace: Pace = endpoint.client.pace
        self.timeout = endpoint.client.timeout
        self.slowest = 0.0
        """Seconds for the slowest of the first responses."""
        self.sending = False
        """Whether such a request is being sent, from which no conclusions are drawn."""

    def send(self, good: Items, timeout: float | None = None) -> Exchange:
        """The exchange; the default timeout is the longest that a small request may take here."""
        with self.unobserved():  # Sent even if the running check has used up its time.
            request = self._endpoint.requests([good])[0]
            return self._endpoint.client.send(request, timeout or self._patience())

    @contextmanager
    def unobserved(self) -> Iterator[None]:
        """Draw no conclusions from the requests that are sent in this block."""
        self.sending = True
        try:
            yield
        finally:
            self.sending = False

    def _patience(self) -> float:
        quick = max(self.slowest, self._pace.text, self._pace.image) < 1
        return min(timeouts.GOOD_REQUEST, self.timeout) if quick else self.timeout

    def unanswered(self, good: Items) -> bool:
        """Whether a good request again gets no response; a closed port is given a few seconds."""
        for _ in range(TRIES):
            # A closed keep-alive connection says nothing about the endpoint.
            self._endpoint.client.drop_connections()
            again = self.send(good)
            if again.failure is None:
                return False
            if not again.failed_by(FailureKind.NO_CONNECTION):
                return True
            time.sleep(PAUSE)
        return True

    def drain(self, good: Items, seconds: float) -> None:
        """Retry until a valid request is answered, or until `seconds` have passed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.send(good, self.timeout).failed_by(FailureKind.TIMED_OUT):
                return

    def measure(self, good: Items, first: Exchange) -> None:
        """Measure the cost of an item alone, once the model is loaded, and among several."""
        if first.seconds > QUICK:
            first = self.send(good, self.timeout)
        if first.seconds > BEARABLE or first.failure is not None:
            return
        count = SEVERAL if first.seconds <= QUICK else FEW
        images = [image_files.small_png(number) for number in range(count)] if good.images else ()
        texts = () if images else [f"{number}: {CAPTION}" for number in range(count)]
        if not self._pace.fits(texts, images):
            return
        several, alone = Items(texts, images), Items(texts[-1:], images[-1:])
        seen = [self.send(each, self.timeout) for each in (several, alone) * 2]
        if all(each.succeeded for each in seen):
            # The faster of two, since other load may have delayed one.
            fastest = [min(seen[at].seconds, seen[at + 2].seconds) for at in range(2)]
            self._pace.tell_apart(kind_of(good).removesuffix("s"), fastest[1], fastest[0], count)

    def measure_a_long_text(self) -> None:
        """Measure the cost of a text's length. Other checks test whether such a text is served."""
        if self._pace.text < SLOW_TEXT:
            return
        text = f"{CAPTION} " * (LONG_TEXT // len(CAPTION))
        if self.send(Items([text]), self.timeout).failed_by(FailureKind.TIMED_OUT):
            self._pace.missing("kilochar", kilochars(text))
            self.drain(TEXTS_ALONE, self.timeout * DRAINED)

    def measure_a_large_image(self) -> Sequence[Exchange]:
        """Measure the cost of a megapixel. Other checks test whether such an image is served.

        If only the first of two tries timed out, returns both.
        """
        image = image_files.good_image(0, LARGE)
        large = Items((), [image])
        first = self.send(large, self.timeout)
        if not first.failed_by(FailureKind.TIMED_OUT):
            if first.seconds < QUICK:
                self.send(large, self.timeout)
            return ()
        self.drain(one_image(), self.timeout * DRAINED)
        again = self.send(large, self.timeout)
        if not again.failed_by(FailureKind.TIMED_OUT):
            return first, again
        self._pace.missing("megapixel", megapixels(image))
        self.drain(one_image(), self.timeout * DRAINED)
        return ()


def problem_with(exchange: Exchange, good: Items) -> PrerequisiteFailed | None:
    """The problem with the response to a good request, if any."""
    return wrong_rows(exchange, len(good.texts), len(good.images))


def wrong_rows(exchange: Exchange, texts: int, images: int) -> PrerequisiteFailed | None:
    """The problem, if any, with a response that should have `texts` and `images` vectors."""
    try:
        given.vectors(exchange, texts, images)
    except PrerequisiteFailed as problem:
        return problem
    return None


def kind_of(good: Items) -> str:
    """The kind of a good request's items."""
    return IMAGES if good.images else TEXTS


def one_image() -> Items:
    """A small valid request with an image."""
    return Items((), [image_files.small_png()])


def like(exchange: Exchange) -> Items:
    """A small valid request of the same kind."""
    return one_image() if b'"images"' in exchange.request_body else TEXTS_ALONE
