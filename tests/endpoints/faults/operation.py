"""Endpoints that work once, and not for long."""

import time

from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


@fault("first-request-fails", "the first request after the start fails", "VEC-15")
class FirstFails(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if next(self.calls) == 1:
            raise Refused(500, "lazy initialisation failed")
        return super().vectorize(request)


@fault("first-image-fails", "the first image after the start fails", "VEC-15", "VEC-02")
class FirstImageFails(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        if images and next(self.calls) == 1:
            raise Refused(500, "lazy initialisation failed")
        return super().image_vectors(images)


@fault("every-tenth-fails", "every tenth request is a 500", "OPS-01", "OPS-03", "TXT-07", "VEC-01")
class EveryTenthFails(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if next(self.calls) % 10 == 0:
            raise Refused(500, "out of memory")
        return super().vectorize(request)


@fault(
    "every-seventh-silent",
    "every seventh request is not answered: the worker was recycled",
    "OPS-03",
)
class EverySeventhSilent(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if "vectorize" in request.path and next(self.calls) % 7 == 0:
            return False
        return super().send(request, answer, write)


@fault(
    "fails-after-100",
    "after 100 requests all memory is gone",
    "VEC-01",
    "OPS-01",
    "OPS-03",
    "OPS-02",
    "TXT-07",
    needs=("whole",),
)
class FailsAfter100(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if next(self.calls) > 100:
            raise Refused(500, "out of memory")
        return super().vectorize(request)


@fault("rate-limited", "more than 20 requests a second are 429", "OPS-01", "OPS-03")
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


@fault(
    "batch-of-64-too-slow",
    "64 texts and 8 images take longer than the client waits",
    "OPS-02",
    options=("--endpoint-timeout", "3"),
)
class LargeBatchSlow(Endpoint):
    def body(self, asked: Asked) -> Body:
        time.sleep(8 if len(asked.texts) >= 64 and len(asked.images) >= 8 else 0)
        return super().body(asked)


@fault("idle-closed-after-2-s", "idle connections are closed after 2 s", "OPS-04", needs=("slow",))
class IdleClosed(Endpoint):
    idle_seconds = 2


@fault(
    "idle-closed-after-60-s", "idle connections are closed after 60 s", "OPS-04", needs=("slow",)
)
class IdleClosed60(Endpoint):
    idle_seconds = 60
