"""Endpoints that join requests that come at once, and part them wrongly."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import threading
import time
from collections.abc import Hashable

from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import JSON, Asked, Body, Endpoint, Refused
from tests.endpoints.faults.parallel import Overlapping
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

AT_ONCE = ("OPS-01", "PRO-04")


class Joined(Endpoint):
    """Requests with one key, at once, are computed once; the others are answered by `second`."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.running: dict[Hashable, int] = {}
        self.latest: dict[Hashable, Body] = {}

    def body(self, asked: Asked) -> Body:
        """The answer, of one's own or of the request that was first."""
        key = self.key(asked)
        with self.lock:
            first = not self.running.get(key)
            self.running[key] = self.running.get(key, 0) + 1
        try:
            time.sleep(0.01)
            if not first:
                return self.second(key, asked)
            self.latest[key] = super().body(asked)
            time.sleep(0.02)
            return self.latest[key]
        finally:
            with self.lock:
                self.running[key] -= 1

    def key(self, asked: Asked) -> Hashable:
        """What makes requests equal."""
        return tuple(asked.texts), tuple(asked.images)

    def second(self, key: Hashable, asked: Asked) -> Body:
        """To be replaced."""
        return self.latest.get(key) or super().body(asked)


@fault("coalesced-empty", "the second of two equal requests at once gets no rows", *AT_ONCE)
class CoalescedEmpty(Joined):
    def second(self, key: Hashable, asked: Asked) -> Body:
        return {"textVectors": [], "imageVectors": []}


@fault("coalesced-conflict", "the second of two equal requests at once is 409", *AT_ONCE)
class CoalescedConflict(Joined):
    def second(self, key: Hashable, asked: Asked) -> Body:
        raise Refused(409, "a request like this one is being served")


@fault("coalesced-by-length", "requests at once whose texts are as long share an answer", *AT_ONCE)
class CoalescedByLength(Joined):
    def key(self, asked: Asked) -> Hashable:
        return tuple(map(len, asked.texts)), tuple(asked.images)


@fault("coalesced-by-image-size", "images at once of as many bytes share an answer", *AT_ONCE)
class CoalescedBySize(Joined):
    def key(self, asked: Asked) -> Hashable:
        return tuple(asked.texts), tuple(len(image) // 64 for image in asked.images)


class Sharing(Joined):
    """Only requests of one kind of items are joined."""

    images = False

    def body(self, asked: Asked) -> Body:
        """The answer; joined where it is of that kind."""
        joined = bool(asked.images) == self.images and bool(asked.texts) != self.images
        return super().body(asked) if joined else Endpoint.body(self, asked)

    def second(self, key: Hashable, asked: Asked) -> Body:
        raise Refused(500, "the future is already done")


@fault("equal-texts-at-once-fail", "equal requests of texts alone, at once, are a 500", *AT_ONCE)
class EqualTexts(Sharing):
    pass


@fault(
    "equal-images-at-once-fail",
    "equal requests of images alone, at once, are a 500",
    *AT_ONCE,
    "IMG-04",
)
class EqualImages(Sharing):
    images = True


@fault("kinds-crossed", "a request of images beside one of texts gets its vectors", *AT_ONCE)
class KindsCrossed(Endpoint):
    inside = 0

    def body(self, asked: Asked) -> Body:
        own = Endpoint.body(self, asked)
        if bool(asked.texts) == bool(asked.images):
            return own
        self.last = own
        time.sleep(0.02)
        other: Body = self.last
        count = max(len(asked.texts), len(asked.images))
        rows = (other["textVectors"] or other["imageVectors"])[:count]
        if len(rows) < count:
            return own
        return {
            "textVectors": rows if asked.texts else [],
            "imageVectors": rows if asked.images else [],
        }


@fault("small-beside-large", "beside a list of 100 texts a small request is 503", *AT_ONCE)
class SmallBesideLarge(Endpoint):
    large = 0

    def body(self, asked: Asked) -> Body:
        big = len(asked.texts) >= 100
        if not big and self.large:
            raise Refused(503, "busy with a batch")
        with self.lock:
            self.large += big
        try:
            time.sleep(0.3 if big else 0)
            return super().body(asked)
        finally:
            with self.lock:
                self.large -= big


@fault("twelve-at-once", "the thirteenth request at once is 503", *AT_ONCE)
class TwelveAtOnce(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        time.sleep(0.05 * company)
        if company > 12:
            raise Refused(503, "queue full")
        return super().beside(request, company)


@fault(
    "lists-interleaved-at-once",
    "lists at once are batched together and cut apart in turn",
    *AT_ONCE,
)
class Interleaved(Endpoint):
    """The rows of two lists of one length are dealt out one by one."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.waiting: list[list[str]] = []
        self.guard = threading.Lock()

    def body(self, asked: Asked) -> Body:
        if len(asked.texts) < 2 or asked.images:
            return super().body(asked)
        with self.guard:
            self.waiting.append(asked.texts)
        time.sleep(0.02)
        with self.guard:
            company = [texts for texts in self.waiting if len(texts) == len(asked.texts)]
            mixed = company[-1] if len(company) > 1 else asked.texts
            self.waiting.remove(asked.texts)
        dealt = [pair[place % 2] for place, pair in enumerate(zip(asked.texts, mixed, strict=True))]
        return super().body(Asked(dealt, []))


def unavailable() -> Answer:
    """503 in JSON."""
    return Answer(503, b'{"error": "unavailable"}', dict(JSON))
