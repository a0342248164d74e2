"""The same responses with other HTTP framing."""

from dataclasses import replace
from itertools import pairwise

from tests.endpoints import wire
from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.registry import legal
from tests.endpoints.wire import Answer, Request


@legal("gzip", "responses are compressed if gzip is accepted")
class Gzip(Endpoint):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if not answer.body or "gzip" not in request.headers.get("accept-encoding", ""):
            return answer
        headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return replace(answer, body=ENCODERS["gzip"](answer.body), headers=headers)


class Framed(Endpoint):
    """Answers with a body are framed by `frame`; they close the connection if `closes`."""

    closes = False

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if not answer.body:
            return super().send(request, answer, write)
        head, end, body = self.frame(answer).partition(b"\r\n\r\n")
        write(head + end + (b"" if request.method == "HEAD" else body))
        return not self.closes and wire.keeps_open(request, answer)

    def frame(self, answer: Answer) -> bytes:
        return wire.head(answer, wire.content_length(answer.body)) + answer.body


@legal("chunked", "bodies are sent in chunks of 1,000 bytes")
class Chunked(Framed):
    def frame(self, answer: Answer) -> bytes:
        head = wire.head(answer, {"Transfer-Encoding": "chunked"})
        edges = [*range(0, len(answer.body), 1000), len(answer.body)]
        parts = [answer.body[start:end] for start, end in pairwise(edges)]
        return head + b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + LAST


LAST = b"0\r\nServer-Timing: total;dur=3\r\n\r\n"


@legal("http-1.0", "HTTP/1.0: the end of the connection ends the body")
class Http10(Framed):
    closes = True

    def frame(self, answer: Answer) -> bytes:
        return wire.head(answer, {}).replace(b"HTTP/1.1", b"HTTP/1.0", 1) + answer.body


@legal("no-length", "HTTP/1.1 with Connection: close in place of a length")
class NoLength(Framed):
    closes = True

    def frame(self, answer: Answer) -> bytes:
        return wire.head(answer, {"Connection": "close"}) + answer.body


@legal("lower-case-headers", "header names are lowercase, and values are padded with spaces")
class LowerCase(Framed):
    def frame(self, answer: Answer) -> bytes:
        head, _, body = super().frame(answer).partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        pairs = [line.split(b": ", 1) for line in lines]
        lowered = [b"%b:   %b  " % (name.lower(), value) for name, value in pairs]
        return b"\r\n".join([first, *lowered]) + b"\r\n\r\n" + body


@legal("no-reason-phrase", "the status line has no reason phrase")
class NoPhrase(Framed):
    def frame(self, answer: Answer) -> bytes:
        first, _, rest = super().frame(answer).partition(b"\r\n")
        return first[:13] + b"\r\n" + rest


@legal("connection-close", "every response has Connection: close")
class Closing(Endpoint):
    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), close=True)


@legal("closes-every-fifth", "every fifth response has Connection: close")
class ClosingSometimes(Endpoint):
    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), close=request.number % 5 == 0)


@legal("other-content-type", "Content-Type names a charset and a suffix")
class OtherType(Endpoint):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        typed = {"content-type": "application/json; charset=UTF-8; profile=clip"}
        return replace(answer, headers=typed) if answer.body else answer


@legal("many-headers", "cookies, dates, policies and a long identifier in every response")
class ManyHeaders(Endpoint):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        more = {f"X-Header-{number}": "x" * 60 for number in range(40)}
        cookie = {"Set-Cookie": "a=b; Path=/", "Server": "Apache", "Cache-Control": "no-store"}
        return replace(answer, headers={**answer.headers, **more, **cookie})


@legal("split-writes", "responses are sent in many small packets")
class SplitWrites(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        def pieces(data: bytes) -> None:
            for start in range(0, len(data), max(500, len(data) // 20)):
                write(data[start : start + max(500, len(data) // 20)])

        return super().send(request, answer, pieces)


@legal("continue-first", "100 Continue is sent before every response to a POST")
class ContinueFirst(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if request.method == "POST":
            write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return super().send(request, answer, write)


@legal("prefix", "the endpoint is served under a path")
class Prefixed(Endpoint):
    prefix = "/models/clip"


@legal("ipv6", "the endpoint listens only on IPv6", host="::1")
class OnIpv6(Endpoint):
    pass


@legal("other-routes", "there are additional routes: documentation and metrics")
class OtherRoutes(Endpoint):
    def route(self, request: Request) -> Answer:
        if request.path in ("/", "/docs", "/metrics"):
            return Answer(200, b"<html>CLIP</html>", {"Content-Type": "text/html"})
        return super().route(request)


@legal("large-bodies-refused", "bodies above 20 MiB are refused with a JSON error")
class Above20Mib(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        if len(request.body) > 20 * 2**20:
            raise Refused(413, "at most 20 MiB")
        return super().vectorize(request)
