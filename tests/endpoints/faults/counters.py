"""Endpoints that err now and then, after so many requests, or after so many errors."""

import time

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

REPEATED = ("TXT-07", "OPS-03", "OPS-01", "VEC-01", "ERR-04")


@fault("every-40th-fails", "every fortieth request is a 500", *REPEATED)
class Every40th(Endpoint):
    every = 40

    def vectorize(self, request: Request) -> Answer:
        if next(self.calls) % self.every == 0:
            raise Refused(500, "the worker was recycled")
        return super().vectorize(request)


@fault("every-150th-fails", "every 150th request is a 500", *REPEATED)
class Every150th(Every40th):
    every = 150


@fault("every-50th-text-wrong", "every fiftieth request of texts gets another's vectors", *REPEATED)
class Every50thWrong(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return np.roll(vectors, 5, axis=1) if next(self.calls) % 50 == 0 else vectors


class Tripping(Endpoint):
    """Counts errors in a row; `tripped` says what follows."""

    most = 5
    errors = 0
    closed = 0

    def vectorize(self, request: Request) -> Answer:
        """The answer; a good one forgives the errors before it."""
        if self.closed > 0:
            self.closed -= 1
            raise Refused(503, "the circuit is open")
        try:
            answer = super().vectorize(request)
        except Refused:
            self.errors += 1
            if self.errors >= self.most:
                self.errors, self.closed = 0, 4
            raise
        self.errors = 0
        return answer


@fault("circuit-breaker", "after five errors in a row four good requests are 503", "ERR-04")
class CircuitBreaker(Tripping):
    pass


@fault("errors-leak", "each error costs one of 24 buffers", "ERR-04")
class ErrorsLeak(Endpoint):
    left = 24

    def vectorize(self, request: Request) -> Answer:
        if self.left < 1:
            raise Refused(500, "no buffer left")
        try:
            return super().vectorize(request)
        except Refused:
            self.left -= 1
            raise


@fault("not-ready-after-errors", "ready is 503 once an image could not be read", "PRB-01", "WIR-01")
class NotReadyAfterErrors(Endpoint):
    broken = False

    def vectorize(self, request: Request) -> Answer:
        try:
            return super().vectorize(request)
        except Refused:
            self.broken = True
            raise

    def ready(self, request: Request) -> Answer:
        return Answer(503) if self.broken else super().ready(request)


@fault(
    "cold-start",
    "the first request loads the model: 6 s where the caller waits 3",
    "OPS-07",
    "VEC-15",
    options=("--endpoint-timeout", "3"),
)
class ColdStart(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(6 if next(self.calls) == 1 else 0)
        return super().vectorize(request)


@fault(
    "cold-images",
    "the first image loads the vision tower: 6 s where the caller waits 3",
    "OPS-07",
    options=("--endpoint-timeout", "3"),
)
class ColdImages(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        time.sleep(6 if images and next(self.calls) == 1 else 0)
        return super().image_vectors(images)
