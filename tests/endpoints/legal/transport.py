"""The usual responses, but from other server software or with unusual HTTP framing."""

from dataclasses import replace
from itertools import pairwise

from tests.endpoints import wire
from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import Endpoint, Write
from tests.endpoints.registry import legal, outputs, refusals, variants
from tests.endpoints.wire import Answer, Request

with_software = variants(Endpoint, "software")
with_software("wsgiref", "wsgiref")
with_software("waitress", "waitress")
with_software("asyncio", "streams")
with_software("large-bodies-refused-early", "refusing-early")
variants(Endpoint, "prefix")("prefix", "/models/clip")
variants(Endpoint)("ipv6", host="::1")
refusals("vectorize")("large-bodies-refused", 413, lambda request: len(request.body) > 20 * 2**20)


@legal("large-bodies-cut")
class Cut(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return len(request.body) <= 20 * 2**20 and super().send(request, answer, write)


@legal("gzip")
class Gzip(Endpoint):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if not answer.body or "gzip" not in request.headers.get("accept-encoding", ""):
            return answer
        headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return replace(answer, body=ENCODERS["gzip"](answer.body), headers=headers)


class Framed(Endpoint):
    """Responses with a body are framed by `frame`, and close the connection if `closes`."""

    closes = False

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if not answer.body:
            return super().send(request, answer, write)
        head, end, body = self.frame(answer).partition(b"\r\n\r\n")
        write(head + end + (b"" if request.method == "HEAD" else body))
        return not self.closes and wire.keeps_open(request, answer)

    def frame(self, answer: Answer) -> bytes:
        return wire.head(answer, wire.content_length(answer.body)) + answer.body


def chunked(answer: Answer) -> bytes:
    """The response in chunks of 1,000 bytes."""
    head = wire.head(answer, {"Transfer-Encoding": "chunked"})
    edges = [*range(0, len(answer.body), 1000), len(answer.body)]
    parts = [answer.body[start:end] for start, end in pairwise(edges)]
    return head + b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + LAST


LAST = b"0\r\nServer-Timing: total;dur=3\r\n\r\n"

variants(Framed, "frame")("chunked", chunked)
closing = variants(Framed, "frame", "closes")
closing(
    "http-1.0",
    lambda answer: wire.head(answer, {}).replace(b"HTTP/1.1", b"HTTP/1.0", 1) + answer.body,
    True,
)
closing("no-length", lambda answer: wire.head(answer, {"Connection": "close"}) + answer.body, True)
framed = outputs("frame", Framed)
framed("no-reason-phrase", lambda data: data[:13] + data[data.index(b"\r\n") :])


@framed("lower-case-headers")
def lowered(data: bytes) -> bytes:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    pairs = [line.split(b": ", 1) for line in lines]
    lowered = [b"%b:   %b  " % (name.lower(), value) for name, value in pairs]
    return b"\r\n".join([first, *lowered]) + b"\r\n\r\n" + body


answered = outputs("answer")
answered("connection-close", lambda answer: replace(answer, close=True))
TYPE = {"content-type": "application/json; charset=UTF-8; profile=clip"}
answered(
    "other-content-type", lambda answer: replace(answer, headers=TYPE) if answer.body else answer
)


@answered("many-headers")
def with_many_headers(answer: Answer) -> Answer:
    more = {f"X-Header-{number}": "x" * 60 for number in range(40)}
    cookie = {"Set-Cookie": "a=b; Path=/", "Server": "Apache", "Cache-Control": "no-store"}
    return replace(answer, headers={**answer.headers, **more, **cookie})


@legal("closes-every-fifth")
class ClosingSometimes(Endpoint):
    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), close=request.number % 5 == 0)


@legal("split-writes")
class SplitWrites(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        def pieces(data: bytes) -> None:
            for start in range(0, len(data), max(500, len(data) // 20)):
                write(data[start : start + max(500, len(data) // 20)])

        return super().send(request, answer, pieces)


@legal("continue-first")
class ContinueFirst(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if request.method == "POST":
            write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return super().send(request, answer, write)


@legal("other-routes")
class OtherRoutes(Endpoint):
    def route(self, request: Request) -> Answer:
        if request.path in ("/", "/docs", "/metrics"):
            return Answer(200, b"<html>CLIP</html>", {"Content-Type": "text/html"})
        return super().route(request)
