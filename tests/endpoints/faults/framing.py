"""Responses with broken HTTP framing."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import threading
import time

from tests.endpoints import wire
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


class Broken(Endpoint):
    """`broken` writes the vectorize responses, and returns whether the connection stays open."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if request.path.endswith("vectorize"):
            return self.broken(request, answer, write)
        return super().send(request, answer, write)

    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        raise NotImplementedError


@fault("body-truncated")
class BodyTruncated(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        whole = wire.render(answer, request)
        write(whole[: -len(answer.body) // 2])
        return False


@fault("large-bodies-truncated")
class LargeTruncated(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        whole = wire.render(answer, request)
        write(whole[:65536])
        return len(whole) <= 65536


@fault("large-chunked-bodies-unended")
class LargeUnended(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        size, large = len(answer.body), len(answer.body) > 200_000
        chunks = b"%X\r\n%b\r\n" % (size, answer.body) + (b"" if large else b"0\r\n\r\n")
        write(wire.head(answer, {"Transfer-Encoding": "chunked"}) + chunks)
        return not large


@fault("length-too-short")
class LengthTooShort(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        short = wire.content_length(answer.body[:-10])
        write(wire.head(answer, short) + answer.body)
        return True


@fault("length-in-letters")
class LengthInLetters(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        body = answer.body[:-1] + ', "model": "größer"}'.encode()
        write(wire.head(answer, {"Content-Length": str(len(body.decode()))}) + body)
        return True


@fault("length-too-long", endpoint_timeout=2)
class LengthTooLong(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        write(wire.head(answer, wire.content_length(answer.body + b" " * 10)) + answer.body)
        return True


@fault("length-too-long-and-closed")
class LengthTooLongClosed(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        write(wire.head(answer, wire.content_length(answer.body + b" " * 10)) + answer.body)
        return False


@fault("two-lengths")
class TwoLengths(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        twice = {"Content-Length": str(len(answer.body)), "content-length": "7"}
        write(wire.head(answer, twice) + answer.body)
        return True


@fault("chunks-unfinished")
class ChunksUnfinished(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        chunk = b"%x\r\n%b\r\n" % (len(answer.body), answer.body)
        write(wire.head(answer, {"Transfer-Encoding": "chunked"}) + chunk)
        return False


@fault("chunk-sizes-decimal")
class ChunksDecimal(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        chunk = b"%d\r\n%b\r\n0\r\n\r\n" % (len(answer.body), answer.body)
        write(wire.head(answer, {"Transfer-Encoding": "chunked"}) + chunk)
        return False


@fault("status-line-broken")
class StatusBroken(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        write(wire.render(answer, request).replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 OK", 1))
        return False


@fault("header-line-broken")
class HeaderBroken(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        logged = b"\r\nloaded model in 3.2 s\r\n"
        write(wire.render(answer, request).replace(b"\r\n", logged, 1))
        return False


@fault("closed-without-answer")
class ClosedSilently(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        return False


@fault("never-answers", endpoint_timeout=1)
class NeverAnswers(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(3)
        raise Refused(503, "gave up")


@fault("closed-unannounced")
class ClosedUnannounced(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        super().send(request, answer, write)
        return False


@fault("closed-when-reused")
class ClosedWhenReused(Endpoint):
    """Drops a request that reuses a connection; a new connection works."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.connection = threading.local()

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if getattr(self.connection, "used", False):
            return False
        self.connection.used = request.path.endswith("vectorize")
        return super().send(request, answer, write)


@fault("trickles", endpoint_timeout=1)
class Trickles(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        whole = wire.render(answer, request)
        for start in range(0, len(whole), 100):
            write(whole[start : start + 100])
            time.sleep(0.05)
        return True
