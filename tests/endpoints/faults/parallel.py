"""Endpoints that fail where requests overlap."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import threading
import time

from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused, Write
from tests.endpoints.faults.probes import Busy
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

PARALLEL = ("OPS-01", "PRO-04")


class Overlapping(Endpoint):
    """Counts the requests inside; each waits a moment where it has company."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.inside = 0

    def vectorize(self, request: Request) -> Answer:
        """Encodes between entry and exit."""
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
        """To be replaced; `company` counts the requests inside, this one included."""
        return super().vectorize(request)


@fault("parallel-fails", "two requests at once share a buffer: a 500", *PARALLEL)
class ParallelFails(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        if company > 1:
            raise Refused(500, "already borrowed")
        return super().beside(request, company)


@fault("parallel-refused", "a third request at once is 503", *PARALLEL)
class ParallelRefused(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        if company > 2:
            raise Refused(503, "queue full")
        return super().beside(request, company)


@fault("parallel-closed", "requests at once: one connection is closed without an answer", *PARALLEL)
class ParallelClosed(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        return Answer(599) if company > 1 else super().beside(request, company)

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return answer.status != 599 and super().send(request, answer, write)


@fault("answers-swapped", "parallel requests get each other's answers", *PARALLEL)
class AnswersSwapped(Overlapping):
    latest: Answer | None = None

    def beside(self, request: Request, company: int) -> Answer:
        answer = super().beside(request, company)
        self.latest = answer
        time.sleep(0.02 if self.inside > 1 else 0)
        return self.latest


@fault("inputs-shared", "parallel requests overwrite each other's texts", *PARALLEL)
class InputsShared(Endpoint):
    asked: Asked

    def body(self, asked: Asked) -> Body:
        self.asked = asked
        time.sleep(0.004)
        return super().body(self.asked)


@fault("batches-mixed", "a batcher hands out rows of the other requests when loaded", *PARALLEL)
class BatchesMixed(Overlapping):
    last: Matrix | None = None

    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, last = super().text_vectors(texts), self.last
        self.last = vectors
        time.sleep(0.01)
        mixed = self.inside > 1 and last is not None and last.shape == vectors.shape
        return last if mixed and last is not None else vectors


@fault(
    "parallel-deadlock",
    "two requests at once wait for each other",
    *PARALLEL,
    options=("--endpoint-timeout", "3"),
)
class Deadlock(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        time.sleep(8 if company > 1 else 0)
        return super().beside(request, company)


@fault(
    "one-at-a-time-no-queue", "a connection is refused while another is open", *PARALLEL, "PRB-04"
)
class OneAtATime(Overlapping):
    def beside(self, request: Request, company: int) -> Answer:
        if company > 1:
            raise Refused(429, "one request at a time")
        time.sleep(0.05)
        return super().beside(request, company)


@fault(
    "slow-under-load",
    "requests at once thrash: far beyond 50 s",
    "ERR-04",
    "OPS-02",
    "OPS-01",
    options=("--endpoint-timeout", "3"),
)
class Thrashing(Busy):
    LOAD = 600.0


@fault(
    "one-thread",
    "one thread: a kept connection shuts out all others",
    "OPS-01",
    "PRB-04",
    options=("--endpoint-timeout", "3"),
)
class OneThread(Endpoint):
    """A connection owns the only thread until it is closed."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.owner: int | None = None
        self.free = threading.Condition()

    def answer(self, request: Request) -> Answer:
        with self.free:
            here = threading.get_ident()
            if self.owner not in (None, here) and not self.free.wait(1.5):
                raise Refused(503, "no worker")
            self.owner = here
        return super().answer(request)
