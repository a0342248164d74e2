"""Endpoints that understand one kind of caller alone."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

from collections.abc import Mapping
from dataclasses import replace

from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


@fault("head-405", "HEAD on the probes is 405", "PRB-07")
class Head405(Endpoint):
    def route(self, request: Request) -> Answer:
        if request.method == "HEAD":
            raise Refused(405, "GET only")
        return super().route(request)


@fault("head-unready", "HEAD on ready is 503 at any time", "PRB-07")
class HeadUnready(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(503) if request.method == "HEAD" else Answer(204)


@fault("head-with-body", "HEAD is answered with a body", "PRB-07")
class HeadWithBody(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(200, b'{"status": "ok"}', {"Content-Type": "application/json"})

    live = ready

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return super().send(replace(request, method="GET"), answer, write)


class Picky(Endpoint):
    """Refuses requests by their headers; `refuses` says which."""

    def vectorize(self, request: Request) -> Answer:
        """The answer, or a refusal."""
        if self.refuses(request.headers):
            raise Refused(415, "unsupported")
        return super().vectorize(request)

    def refuses(self, headers: Mapping[str, str]) -> bool:
        """To be replaced."""
        return not headers


@fault("expectation-failed", "Expect: 100-continue is 417", "VEC-22")
class ExpectationFailed(Picky):
    def refuses(self, headers: Mapping[str, str]) -> bool:
        return "expect" in headers


@fault("chunked-refused", "a body in chunks is refused: 411", "VEC-22")
class ChunkedRefused(Picky):
    def refuses(self, headers: Mapping[str, str]) -> bool:
        return "transfer-encoding" in headers


@fault("charset-refused", "application/json; charset=utf-8 is another type", "VEC-22")
class CharsetRefused(Picky):
    def refuses(self, headers: Mapping[str, str]) -> bool:
        return "charset" in headers.get("content-type", "").lower()


@fault("forwarded-refused", "a request through a proxy is refused", "VEC-22")
class ForwardedRefused(Picky):
    def refuses(self, headers: Mapping[str, str]) -> bool:
        return "x-forwarded-for" in headers


@fault("gzip-unasked", "answers are gzip whether accepted or not", "VEC-22")
class GzipUnasked(Endpoint):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if not answer.body:
            return answer
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        return replace(answer, body=ENCODERS["gzip"](answer.body), headers=headers)


@fault("first-packet-only", "what does not come in the first packets is not waited for", "VEC-23")
class FirstPacketOnly(Endpoint):
    software = "impatient"


@fault("packets-decoded-apart", "each packet of a body is decoded on its own", "VEC-23")
class DecodedApart(Endpoint):
    software = "decoding"


@fault(
    "one-caller-at-a-time",
    "one thread: whoever sends slowly holds up all others",
    "OPS-08",
    "OPS-01",
    "PRB-04",
)
class OneCaller(Endpoint):
    software = "one-thread"
