"""Endpoints that do not get over a caller that hangs up."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import time

from tests.endpoints import wire
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.faults.coalescing import unavailable
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


def half(request: Request) -> bool:
    """Whether the caller was gone before the whole body came."""
    return len(request.body) < int(request.headers.get("content-length", 0))


class Leaking(Endpoint):
    """`slots` requests at a time; one slot is lost for each caller that hangs up."""

    slots = 4

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.lost = 0

    def answer(self, request: Request) -> Answer:
        """The answer, while a slot is left."""
        if half(request):
            self.lost += 1
        if request.method == "POST" and self.lost >= self.slots:
            return unavailable()
        return super().answer(request)


@fault(
    "hang-up-leaks-a-slot",
    "each caller that hangs up in its body costs one of four slots",
    "OPS-06",
)
class LeaksSlot(Leaking):
    pass


@fault("hang-up-leaks-one-of-16", "the same of sixteen slots", "OPS-06")
class LeaksOf16(Leaking):
    slots = 16


@fault("hang-up-body-kept", "half a body is put before the next one", "OPS-06")
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
    """A caller that hangs up while it waits is seen when the answer is written."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        """Writes the answer in two pieces, so that a closed connection shows."""
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
        """To be replaced."""


@fault("hang-up-answer-kept", "an answer that nobody took goes to the next caller", "OPS-06")
class AnswerKept(Gone):
    kept: Answer | None = None

    def gone(self, answer: Answer) -> None:
        self.kept = answer

    def vectorize(self, request: Request) -> Answer:
        answer, self.kept = self.kept, None
        return answer or super().vectorize(request)


@fault("hang-up-ends-worker", "a broken pipe ends the worker; there are three", "OPS-06")
class EndsWorker(Gone):
    workers = 3

    def gone(self, answer: Answer) -> None:
        self.workers -= 1

    def vectorize(self, request: Request) -> Answer:
        if self.workers < 1:
            raise Refused(500, "no worker left")
        return super().vectorize(request)


@fault(
    "hang-up-keeps-the-lock",
    "a caller that hangs up in its body leaves a lock behind",
    "OPS-06",
    options=("--endpoint-timeout", "3"),
)
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
