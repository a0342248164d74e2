"""Endpoints that fail after a certain item, or after a client disconnects."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import time

import numpy as np

from tests.endpoints import wire
from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.registry import fault, outputs, refusals, variants
from tests.endpoints.wire import Answer, Request

# One defect with many consequences, which a report should show as a single finding.

LONG = 60.0
"""Seconds; longer than any client waits here."""

request_refused = refusals("body")
request_refused("refuses-eight-texts", 500, lambda asked: len(asked.texts) == 8)

returned_images = outputs("image_vectors")
returned_images(
    "images-wider-than-texts", lambda vectors: np.pad(vectors, ((0, 0), (0, 256)), mode="wrap")
)


class Dying(Endpoint):
    """Stops responding after a certain image."""

    dead = False
    requests_after_death = 0

    def answer(self, request: Request) -> Answer:
        self.requests_after_death += self.dead
        return super().answer(request)


@fault("dies-of-a-truncated-image")
class DiesOfATruncatedImage(Dying):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            self.dead = self.dead or image.startswith((b"\x89PNG", b"\xff\xd8"))
            raise

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if self.requests_after_death:
            raise ConnectionAbortedError
        return answer


@fault("image-thread-dies", endpoint_timeout=4)
class ImageThreadDies(Dying):
    def image_vector(self, image: bytes) -> Matrix:
        if self.dead:
            time.sleep(LONG)
        try:
            return super().image_vector(image)
        except Refused:
            self.dead = True
            raise


# Endpoints that do not recover from a client that disconnects.


def half(request: Request) -> bool:
    """Whether the client disconnected before the whole body arrived."""
    length = int(request.headers.get("content-length", 0))
    return len(request.body) < length <= wire.MAX_BODY


class Leaking(Endpoint):
    """Serves `slots` requests at once, and loses a slot with each client that disconnects."""

    slots = 4

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.lost = 0

    def answer(self, request: Request) -> Answer:
        if half(request):
            self.lost += 1
        if request.method == "POST" and self.lost >= self.slots:
            return self.failure(503, "unavailable")
        return super().answer(request)


leaking = variants(Leaking, "slots")
leaking("hang-up-leaks-a-slot", 4)
leaking("hang-up-leaks-one-of-16", 16)


@fault("hang-up-body-kept")
class BodyKept(Endpoint):
    kept = b""

    def answer(self, request: Request) -> Answer:
        if half(request):
            self.kept = request.body
            raise ConnectionAbortedError
        if self.kept and request.method == "POST":
            self.kept = b""
            return self.failure(400, "the body is not JSON")
        return super().answer(request)


class Gone(Endpoint):
    """Notices a waiting client's disconnect when it writes the response."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        data = wire.render(answer, request)
        try:
            write(data[: len(data) // 2])
            time.sleep(0.002 if request.method == "POST" else 0)
            write(data[len(data) // 2 :])
        except OSError:
            self.gone(answer)
            raise
        return wire.keeps_open(request, answer)

    def gone(self, answer: Answer) -> None:
        """Overridden in subclasses."""


@fault("hang-up-answer-kept")
class AnswerKept(Gone):
    kept: Answer | None = None

    def gone(self, answer: Answer) -> None:
        self.kept = answer

    def vectorize(self, request: Request) -> Answer:
        answer, self.kept = self.kept, None
        return answer or super().vectorize(request)


@fault("hang-up-ends-worker")
class EndsWorker(Gone):
    workers = 3

    def gone(self, answer: Answer) -> None:
        self.workers -= 1

    def vectorize(self, request: Request) -> Answer:
        if self.workers < 1:
            raise Refused(500, "no worker left")
        return super().vectorize(request)


@fault("hang-up-keeps-the-lock", endpoint_timeout=3)
class KeepsLock(Endpoint):
    def answer(self, request: Request) -> Answer:
        if request.method == "GET":
            return super().answer(request)
        if not self.lock.acquire(timeout=10):
            return self.failure(503, "the lock is held")
        if half(request):
            raise ConnectionAbortedError
        answer = super().answer(request)
        self.lock.release()
        return answer
