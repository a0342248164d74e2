"""Misleading responses to probes and to /meta."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import json
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from io import BytesIO

from PIL import Image

from tests.endpoints.encoder import Encoder, Matrix
from tests.endpoints.endpoint import HTML, JSON, TEXT, Body, Endpoint, Refused, Write
from tests.endpoints.registry import delays, fault, numbered, outputs, refusals, variants
from tests.endpoints.wire import Answer, Request

# Probes that mislead Weaviate at startup, or Kubernetes at any time.

SLOW = 0.7
"""Seconds; more than the 500 ms that Weaviate waits for a probe."""


@fault("ready-500-after-load")
class ReadyFailsAfterUse(Endpoint):
    used = False

    def vectorize(self, request: Request) -> Answer:
        self.used = True
        return super().vectorize(request)

    def ready(self, request: Request) -> Answer:
        return self.failure(500, "no model") if self.used else super().ready(request)


with_ready = variants(Endpoint, "ready")
with_ready(
    "ready-redirects", lambda request: Answer(307, headers={"Location": request.path + "/"}), wait=1
)
with_ready("ready-304", lambda _request: Answer(304), wait=1)
ready_refused = refusals("ready")
ready_refused("ready-404", 404, lambda _request: True, wait=1)
ready_refused("ready-401", 401, lambda _request: True, wait=1)
delays("ready")("ready-slow", lambda _request: SLOW)
refusals("live")("live-404", 404, lambda _request: True)
variants(Endpoint, "live")("live-500", lambda _request: Answer(500, b"Internal Server Error", TEXT))
numbered("ready")(
    "ready-flapping", lambda answer, number: Answer(503) if number % 3 == 0 else answer
)
numbered("ready")(
    "ready-redirects-now-and-then",
    lambda answer, number: Answer(302, headers={"Location": "/"}) if number % 4 == 0 else answer,
)
numbered("live")("live-flapping", lambda answer, number: Answer(500) if number % 2 == 0 else answer)


@fault("live-503-after-three-refusals")
class LiveAfterRefusals(Endpoint):
    refused = 0

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if request.method == "POST":
            self.refused = self.refused + 1 if answer.status > 399 else 0
        return super().send(request, answer, write)

    def live(self, request: Request) -> Answer:
        return self.failure(503, "unhealthy") if self.refused >= 3 else super().live(request)


@fault("live-slow")
class LiveSlow(Endpoint):
    def live(self, request: Request) -> Answer:
        if next(self.calls) > 1:
            time.sleep(3.2)
        return super().live(request)


@fault("probes-need-post", wait=1)
class ProbesNeedPost(Endpoint):
    def ready(self, request: Request) -> Answer:
        raise Refused(405, "POST only")

    live = ready


def answers_ok(_request: Request) -> Answer:
    return Answer(200, b"ok", TEXT)


variants(Endpoint, "ready", "live")("probes-200-with-text", answers_ok, answers_ok)


class Busy(Endpoint):
    """Serves one request at a time, and takes `LOAD` seconds for a request of 10 KB or more."""

    LOAD = 0.8

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.inside = 0
        self.guard = threading.Lock()

    def vectorize(self, request: Request) -> Answer:
        with self.guard:
            self.inside += 1
        try:
            with self.lock:
                return self.encode(request)
        finally:
            with self.guard:
                self.inside -= 1

    def wait_in_line(self) -> None:
        while self.inside:
            time.sleep(0.01)

    def encode(self, request: Request) -> Answer:
        time.sleep(self.LOAD if len(request.body) >= 10_000 else 0)
        return super().vectorize(request)


@fault("ready-blocked-under-load")
class ReadyBlocked(Busy):
    def ready(self, request: Request) -> Answer:
        self.wait_in_line()
        return super().ready(request)


@fault("live-blocked-under-load")
class LiveBlocked(Busy):
    def live(self, request: Request) -> Answer:
        self.wait_in_line()
        return super().live(request)


@fault("ready-503-under-load")
class ReadyBusy(Busy):
    def ready(self, request: Request) -> Answer:
        return Answer(503, b'{"error": "busy"}', dict(JSON)) if self.inside else Answer(204)


@fault("live-500-now-and-then-under-load")
class LiveFailsWhileBusy(Busy):
    def live(self, request: Request) -> Answer:
        failed = self.inside and next(self.calls) % 3 == 0
        return Answer(500, b'{"error": "busy"}', dict(JSON)) if failed else Answer(204)


@fault("meta-500-under-load")
class MetaBusy(Busy):
    def encode(self, request: Request) -> Answer:
        time.sleep(self.LOAD if request.body.count(b"red circle") > 100 else 0)
        return Endpoint.vectorize(self, request)

    def meta(self, request: Request) -> Answer:
        return super().meta(request) if not self.inside else Answer(500, b'{"error": "busy"}')


@fault("ready-before-model")
class ReadyTooEarly(Endpoint):
    loaded = 0.0

    def start(self) -> None:
        self.loaded = time.monotonic() + 3

    def vectorize(self, request: Request) -> Answer:
        if time.monotonic() < self.loaded:
            raise Refused(503, "the model is loading")
        return super().vectorize(request)


# Responses of /meta that break Weaviate's own /v1/meta, so that its clients cannot connect.

with_meta = variants(Endpoint, "meta")
meta_refused = refusals("meta")
meta_refused("meta-404", 404, lambda _request: True)
meta_refused("meta-500", 500, lambda _request: True)
delays("meta")("meta-hangs", lambda _request: 8, endpoint_timeout=3)
with_meta("meta-null", lambda _request: Answer(200, b"null", dict(JSON)))
with_meta("meta-empty-body", lambda _request: Answer(200))
with_meta("meta-html", lambda _request: Answer(200, b"<html><h1>CLIP</h1></html>", HTML))
with_meta("meta-204", lambda _request: Answer(204))
with_meta("meta-redirects", lambda _request: Answer(301, headers={"Location": "/v1/meta"}))


@fault("meta-fails-later")
class MetaOnce(Endpoint):
    def description(self) -> Body:
        if next(self.calls) > 1:
            raise Refused(500, "empty file")
        return super().description()


def rewritten_meta(name: str, rewrite: Callable[[bytes], bytes]) -> None:
    """Register a fault whose body of /meta is rewritten."""
    returned_meta(name, lambda answer: replace(answer, body=rewrite(answer.body)))


returned_meta = outputs("meta")
rewritten_meta("meta-truncated", lambda body: body[:-5])
rewritten_meta("meta-bom", lambda body: b"\xef\xbb\xbf" + body)
rewritten_meta("meta-array", lambda body: b"[" + body + b"]")
rewritten_meta("meta-empty-object", lambda _body: b"{}")
rewritten_meta("meta-string", lambda body: json.dumps(body.decode()).encode())
rewritten_meta("meta-nan", lambda body: body[:-1] + b', "dropout": NaN}')
rewritten_meta("meta-single-quotes", lambda body: body.replace(b'"', b"'"))


@fault("meta-nan-when-idle")
class MetaNanWhenIdle(Endpoint):
    """The share of errors is computed since the last request for /meta."""

    served = 0

    def vectorize(self, request: Request) -> Answer:
        self.served += 1
        return super().vectorize(request)

    def description(self) -> Body:
        share, self.served = 0.0 if self.served else float("nan"), 0
        return super().description() | {"errors": share}


@fault("meta-names-another-model")
class MetaLies(Endpoint):
    def description(self) -> Body:
        return {"model": "acme/other-encoder-large", "dimension": self.encoder.width}


class WorksAlone(Endpoint):
    """Holds its lock while it encodes a large item, for longer than a busy machine could
    explain."""

    LOAD = 2.2

    def alone(self, is_large: bool, encode: Callable[[], Matrix]) -> Matrix:
        with self.lock if is_large else nullcontext():
            time.sleep(self.LOAD if is_large else 0)
        return encode()


class ReadsLarge(WorksAlone):
    def image_vector(self, image: bytes) -> Matrix:
        with Image.open(BytesIO(image)) as opened:
            large = opened.width * opened.height > 4e6
        return self.alone(large, partial(super().image_vector, image))


@fault("probes-wait-for-large-images")
class ReadyWaits(ReadsLarge):
    def ready(self, request: Request) -> Answer:
        with self.lock:
            return super().ready(request)


@fault("live-waits-for-large-images")
class LiveWaits(ReadsLarge):
    LOAD = 2.0

    def live(self, request: Request) -> Answer:
        with self.lock:
            return super().live(request)


@fault("probes-wait-for-long-texts")
class ReadyWaitsForTexts(WorksAlone):
    def text_vector(self, text: str) -> Matrix:
        return self.alone(len(text) > 20_000, partial(super().text_vector, text))

    def ready(self, request: Request) -> Answer:
        with self.lock:
            return super().ready(request)
