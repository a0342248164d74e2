"""Probes that mislead Weaviate at its start, or Kubernetes at any time."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import threading
import time

from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import JSON, Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

SLOW = 0.7
"""Seconds; more than the 500 ms that Weaviate waits for a probe."""


@fault(
    "ready-500-after-load",
    "ready fails once something was vectorized",
    "PRB-01",
    "PRB-04",
    "WIR-01",
)
class ReadyFailsAfterUse(Endpoint):
    used = False

    def vectorize(self, request: Request) -> Answer:
        self.used = True
        return super().vectorize(request)

    def ready(self, request: Request) -> Answer:
        return self.failure(500, "no model") if self.used else super().ready(request)


@fault(
    "ready-redirects",
    "ready redirects to a path with a slash",
    "PRB-01",
    "preflight",
    options=("--wait", "1"),
)
class ReadyRedirects(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(307, headers={"Location": request.path + "/"})


@fault(
    "ready-304",
    "a proxy's cache answers ready with 304",
    "PRB-01",
    "preflight",
    options=("--wait", "1"),
)
class ReadyNotModified(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(304)


@fault("ready-404", "no route for ready", "PRB-01", "preflight", options=("--wait", "1"))
class ReadyMissing(Endpoint):
    def ready(self, request: Request) -> Answer:
        raise Refused(404, "Not Found")


@fault(
    "ready-401",
    "authorisation is asked for at ready",
    "PRB-01",
    "preflight",
    options=("--wait", "1"),
)
class ReadyUnauthorised(Endpoint):
    def ready(self, request: Request) -> Answer:
        raise Refused(401, "who are you?")


@fault("ready-slow", "ready runs a test inference of 0.7 s", "PRB-03")
class ReadySlow(Endpoint):
    def ready(self, request: Request) -> Answer:
        time.sleep(SLOW)
        return super().ready(request)


@fault("ready-flapping", "every third ready is 503", "PRB-01", "PRB-03", "PRB-04")
class ReadyFlapping(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(503) if next(self.calls) % 3 == 0 else Answer(204)


@fault(
    "ready-silent",
    "ready closes the connection without an answer",
    "PRB-01",
    "preflight",
    options=("--wait", "1"),
)
class ReadySilent(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return "ready" not in request.path and super().send(request, answer, write)


@fault("live-404", "no route for live", "PRB-02")
class LiveMissing(Endpoint):
    def live(self, request: Request) -> Answer:
        raise Refused(404, "Not Found")


@fault("live-500", "live fails for want of a metrics server", "PRB-02")
class LiveFails(Endpoint):
    def live(self, request: Request) -> Answer:
        return Answer(500, b"Internal Server Error", {"Content-Type": "text/plain"})


@fault("live-slow", "live asks the accelerator how it is: 3.2 s, after a while", "PRB-03")
class LiveSlow(Endpoint):
    def live(self, request: Request) -> Answer:
        if next(self.calls) > 1:
            time.sleep(3.2)
        return super().live(request)


@fault("live-flapping", "every second live is 500", "PRB-02", "PRB-03", "PRB-04")
class LiveFlapping(Endpoint):
    def live(self, request: Request) -> Answer:
        return Answer(500) if next(self.calls) % 2 == 0 else Answer(204)


@fault(
    "probes-need-post",
    "the probes are routes for POST alone",
    "PRB-01",
    "PRB-02",
    "preflight",
    options=("--wait", "1"),
)
class ProbesNeedPost(Endpoint):
    def ready(self, request: Request) -> Answer:
        raise Refused(405, "POST only")

    live = ready


@fault("probes-200-with-text", "the probes answer 200 'ok'", "PRB-05")
class ProbesWithText(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(200, b"ok", {"Content-Type": "text/plain"})

    live = ready


class Busy(Endpoint):
    """One request at a time, and one of 10 KB or more takes `LOAD` seconds."""

    LOAD = 1.5

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.inside = 0
        self.guard = threading.Lock()

    def vectorize(self, request: Request) -> Answer:
        """Waits for the lock; `inside` counts who does."""
        with self.guard:
            self.inside += 1
        try:
            with self.lock:
                return self.encode(request)
        finally:
            with self.guard:
                self.inside -= 1

    def wait_in_line(self) -> None:
        """Waits behind all requests that came before."""
        while self.inside:
            time.sleep(0.01)

    def encode(self, request: Request) -> Answer:
        """The work itself."""
        time.sleep(self.LOAD if len(request.body) >= 10_000 else 0)
        return super().vectorize(request)


@fault("ready-blocked-under-load", "ready waits for the lock of the model", "PRB-04")
class ReadyBlocked(Busy):
    def ready(self, request: Request) -> Answer:
        self.wait_in_line()
        return super().ready(request)


@fault("live-blocked-under-load", "one thread serves probes and requests alike", "PRB-04")
class LiveBlocked(Busy):
    def live(self, request: Request) -> Answer:
        self.wait_in_line()
        return super().live(request)


@fault("ready-503-under-load", "ready reports a full queue as not ready", "PRB-04", "PRB-01")
class ReadyBusy(Busy):
    def ready(self, request: Request) -> Answer:
        return Answer(503, b'{"error": "busy"}', dict(JSON)) if self.inside else Answer(204)


@fault(
    "ready-before-model",
    "ready says yes while the model still loads",
    "VEC-15",
    "PRB-06",
)
class ReadyTooEarly(Endpoint):
    loaded = 0.0

    def start(self) -> None:
        self.loaded = time.monotonic() + 3

    def vectorize(self, request: Request) -> Answer:
        if time.monotonic() < self.loaded:
            raise Refused(503, "the model is loading")
        return super().vectorize(request)
