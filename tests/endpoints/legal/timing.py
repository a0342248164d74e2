"""Endpoints that take their time."""

import time

from tests.endpoints.endpoint import Asked, Body, Endpoint
from tests.endpoints.registry import legal
from tests.endpoints.wire import Answer, Request


@legal("slow", "every eighth request takes a third of a second")
class Slow(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(0.3 if next(self.calls) % 8 == 0 else 0.01)
        return super().vectorize(request)


@legal("slow-in-bulk", "more than four items take an extra fifth of a second")
class SlowInBulk(Endpoint):
    def body(self, asked: Asked) -> Body:
        time.sleep(0.2 if len(asked.texts) + len(asked.images) > 4 else 0)
        return super().body(asked)


@legal("first-request-slow", "the first request compiles the model, which takes two seconds")
class FirstSlow(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(2 if next(self.calls) == 1 else 0)
        return super().vectorize(request)


@legal("one-at-a-time", "requests are served one at a time, but probes do not wait")
class OneAtATime(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        with self.lock:
            time.sleep(0.01)
            return super().vectorize(request)
