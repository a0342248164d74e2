"""Endpoints that fail after a while, or when requests overlap."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import threading
import time
from collections.abc import Hashable

from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused, Write
from tests.endpoints.faults.probes import Busy
from tests.endpoints.registry import delays, fault, variants
from tests.endpoints.wire import Answer, Request

# Endpoints that stop working after a while.


class FailsAtTimes(Endpoint):
    """Rejects requests whose number, counted from 1, `fails` selects."""

    def vectorize(self, request: Request) -> Answer:
        if self.fails(next(self.calls)):
            raise Refused(500, "out of memory")
        return super().vectorize(request)

    def fails(self, number: int) -> bool:
        raise NotImplementedError


failing = variants(FailsAtTimes, "fails")
failing("first-request-fails", lambda number: number == 1)
failing("every-tenth-fails", lambda number: number % 10 == 0)
failing("every-40th-fails", lambda number: number % 40 == 0)
failing("every-150th-fails", lambda number: number % 150 == 0)
failing("fails-after-100", lambda number: number > 100, needs=("whole",))


@fault("first-image-fails")
class FirstImageFails(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        if images and next(self.calls) == 1:
            raise Refused(500, "lazy initialization failed")
        return super().image_vectors(images)


@fault("every-seventh-silent")
class EverySeventhSilent(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if "vectorize" in request.path and next(self.calls) % 7 == 0:
            return False
        return super().send(request, answer, write)


@fault("rate-limited")
class RateLimited(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.recent: list[float] = []

    def vectorize(self, request: Request) -> Answer:
        now = time.monotonic()
        self.recent = [at for at in self.recent if at > now - 1] + [now]
        if len(self.recent) > 20:
            raise Refused(429, "too many requests")
        return super().vectorize(request)


delays("body")(
    "batch-of-64-too-slow",
    lambda asked: 8 if len(asked.texts) >= 64 and len(asked.images) >= 8 else 0,
    endpoint_timeout=3,
)
with_idle_seconds = variants(Endpoint, "idle_seconds")
with_idle_seconds("idle-closed-after-2-s", 2, needs=("slow",))
with_idle_seconds("idle-closed-after-60-s", 60, needs=("slow",))


# Endpoints that fail if requests overlap.


class Overlapping(Endpoint):
    """Counts simultaneous requests; each waits a moment if there are others."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.inside = 0

    def vectorize(self, request: Request) -> Answer:
        with self.lock:
            self.inside += 1
            company = self.inside
        try:
            time.sleep(0.01)
            return self.beside(request, company)
        finally:
            with self.lock:
                self.inside -= 1

    def beside(self, request: Request, company: int) -> Answer:
        """Overridden in subclasses; `company` counts simultaneous requests, including this one."""
        return super().vectorize(request)


class Crowded(Overlapping):
    """Rejects requests beyond `most` simultaneous ones with `status`; each takes `seconds` per
    simultaneous request."""

    most = 1
    status = 503
    seconds = 0.0

    def beside(self, request: Request, company: int) -> Answer:
        time.sleep(self.seconds * company)
        if company > self.most:
            raise Refused(self.status, "queue full")
        return super().beside(request, company)


crowded = variants(Crowded, "most", "status", "seconds")
crowded("parallel-fails", 1, 500, 0.0)
crowded("parallel-refused", 2, 503, 0.0)
crowded("one-at-a-time-no-queue", 1, 429, 0.05)
crowded("twelve-at-once", 12, 503, 0.05)


@fault("parallel-deadlock", endpoint_timeout=3)
class Deadlock(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        time.sleep(8 if company > 1 else 0)
        return super().beside(request, company)


@fault("parallel-closed")
class ParallelClosed(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        return Answer(599) if company > 1 else super().beside(request, company)

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return answer.status != 599 and super().send(request, answer, write)


@fault("oldest-request-dropped")
class OldestDropped(Overlapping):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.going: list[Answer] = []

    def beside(self, request: Request, company: int) -> Answer:
        answer = super().beside(request, company)
        self.going.append(answer)
        oldest = self.going[0] if company > 8 else Answer()
        oldest.close, oldest.headers = True, {"dropped": "yes"}
        time.sleep(0.03)
        self.going.remove(answer)
        return answer

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return "dropped" not in answer.headers and super().send(request, answer, write)


@fault("answers-swapped")
class AnswersSwapped(Overlapping):
    latest: Answer | None = None

    def beside(self, request: Request, company: int) -> Answer:
        answer = super().beside(request, company)
        self.latest = answer
        time.sleep(0.02 if self.inside > 1 else 0)
        return self.latest


@fault("inputs-shared")
class InputsShared(Endpoint):
    asked: Asked

    def body(self, asked: Asked) -> Body:
        self.asked = asked
        time.sleep(0.004)
        return super().body(self.asked)


@fault("batches-mixed")
class BatchesMixed(Overlapping):
    last: Matrix | None = None

    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, last = super().text_vectors(texts), self.last
        self.last = vectors
        time.sleep(0.01)
        mixed = self.inside > 1 and last is not None and last.shape == vectors.shape
        return last if mixed and last is not None else vectors


@fault("slow-under-load", endpoint_timeout=3)
class Thrashing(Busy):
    LOAD = 0.0

    def encode(self, request: Request) -> Answer:
        time.sleep(0.01)
        time.sleep(600 if self.inside > 1 else 0)
        return super().encode(request)


@fault("one-thread", endpoint_timeout=3)
class OneThread(Endpoint):
    """A connection occupies the only thread until it is closed, while others wait."""

    patience = 1.5

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.owner: int | None = None

    def answer(self, request: Request) -> Answer:
        here, end = threading.get_ident(), time.monotonic() + self.patience
        while self.is_taken(here):
            if time.monotonic() > end:
                return self.failure(503, "no worker")
            time.sleep(0.02)
        return super().answer(request)

    def is_taken(self, thread: int) -> bool:
        """Whether an earlier connection is still open; if not, this one becomes the owner."""
        with self.lock:
            others = {each.ident for each in threading.enumerate()} - {thread}
            if self.owner in others:
                return True
            self.owner = thread
            return False


# Endpoints that merge simultaneous requests, and separate the results incorrectly.


class Joined(Endpoint):
    """Computes only the first of simultaneous requests with the same key; `second` answers the
    others."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.running: dict[Hashable, int] = {}
        self.latest: dict[Hashable, Body] = {}

    def body(self, asked: Asked) -> Body:
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
        return tuple(asked.texts), tuple(asked.images)

    def second(self, key: Hashable, asked: Asked) -> Body:
        return self.latest.get(key) or super().body(asked)


variants(Joined, "second")(
    "coalesced-empty", lambda _key, _asked: {"textVectors": [], "imageVectors": []}
)
by_key = variants(Joined, "key")
by_key(
    "coalesced-by-length",
    lambda asked: (tuple(map(len, asked.texts)), tuple(asked.images)),
)
by_key(
    "coalesced-by-image-size",
    lambda asked: (tuple(asked.texts), tuple(len(image) // 64 for image in asked.images)),
)


@fault("coalesced-conflict")
class CoalescedConflict(Joined):
    def second(self, key: Hashable, asked: Asked) -> Body:
        raise Refused(409, "a request like this one is being served")


class Sharing(Joined):
    """Merges only requests with items of one kind, and fails the second of two merged ones."""

    images = False

    def body(self, asked: Asked) -> Body:
        joined = bool(asked.images) == self.images and bool(asked.texts) != self.images
        return super().body(asked) if joined else Endpoint.body(self, asked)

    def second(self, key: Hashable, asked: Asked) -> Body:
        raise Refused(500, "the future is already done")


sharing = variants(Sharing, "images")
sharing("equal-texts-at-once-fail", False)
sharing("equal-images-at-once-fail", True)


@fault("kinds-crossed")
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


@fault("small-beside-large")
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


@fault("lists-interleaved-at-once")
class Interleaved(Endpoint):
    """Mixes two simultaneous lists of the same length, taking texts from each alternately."""

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
