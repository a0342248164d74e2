"""Endpoints that are slow but conformant."""

import time

from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import delays, legal
from tests.endpoints.wire import Answer, Request

delays("body")("slow-in-bulk", lambda asked: 0.2 if len(asked.texts) + len(asked.images) > 4 else 0)


@legal("slow")
class Slow(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(0.3 if next(self.calls) % 8 == 0 else 0.01)
        return super().vectorize(request)


@legal("first-request-slow")
class FirstSlow(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(2 if next(self.calls) == 1 else 0)
        return super().vectorize(request)


@legal("one-at-a-time")
class OneAtATime(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        with self.lock:
            time.sleep(0.01)
            return super().vectorize(request)
