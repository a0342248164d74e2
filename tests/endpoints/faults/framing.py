"""Answers whose bytes on the wire do not add up."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import threading
import time

from tests.endpoints import wire
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

WHOLE = ("VEC-14", "VEC-04", "OPS-03")


class Broken(Endpoint):
    """Answers to vectorize are written by `broken`, which says whether the connection stays."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        """Writes the answer, broken where it is vectorize's."""
        if request.path.endswith("vectorize"):
            return self.broken(request, answer, write)
        return super().send(request, answer, write)

    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        """To be replaced."""
        raise NotImplementedError


@fault("body-truncated", "the connection closes in the middle of the body", *WHOLE)
class BodyTruncated(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        whole = wire.render(answer, request)
        write(whole[: -len(answer.body) // 2])
        return False


@fault(
    "large-bodies-truncated", "bodies above 64 KiB are cut by a proxy's buffer", "VEC-10", *WHOLE
)
class LargeTruncated(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        whole = wire.render(answer, request)
        write(whole[:65536])
        return len(whole) <= 65536


@fault("length-too-short", "Content-Length is ten bytes short", *WHOLE)
class LengthTooShort(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        short = wire.content_length(answer.body[:-10])
        write(wire.head(answer, short) + answer.body)
        return True


@fault("length-in-letters", "Content-Length counts letters, the body has umlauts", *WHOLE)
class LengthInLetters(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        body = answer.body[:-1] + ', "model": "größer"}'.encode()
        write(wire.head(answer, {"Content-Length": str(len(body.decode()))}) + body)
        return True


@fault(
    "length-too-long",
    "Content-Length is ten bytes more than the body",
    "OPS-02",
    *WHOLE,
    options=("--endpoint-timeout", "2"),
)
class LengthTooLong(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        write(wire.head(answer, wire.content_length(answer.body + b" " * 10)) + answer.body)
        return True


@fault(
    "length-too-long-and-closed", "Content-Length is too much, then the connection closes", *WHOLE
)
class LengthTooLongClosed(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        write(wire.head(answer, wire.content_length(answer.body + b" " * 10)) + answer.body)
        return False


@fault("two-lengths", "two Content-Length headers that differ", *WHOLE)
class TwoLengths(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        twice = {"Content-Length": str(len(answer.body)), "content-length": "7"}
        write(wire.head(answer, twice) + answer.body)
        return True


@fault("chunks-unfinished", "a chunked body ends without its last chunk", *WHOLE)
class ChunksUnfinished(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        chunk = b"%x\r\n%b\r\n" % (len(answer.body), answer.body)
        write(wire.head(answer, {"Transfer-Encoding": "chunked"}) + chunk)
        return False


@fault("chunk-sizes-decimal", "sizes of chunks are written in decimal", *WHOLE)
class ChunksDecimal(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        chunk = b"%d\r\n%b\r\n0\r\n\r\n" % (len(answer.body), answer.body)
        write(wire.head(answer, {"Transfer-Encoding": "chunked"}) + chunk)
        return False


@fault("status-line-broken", "the status line is HTTP/1.1 OK", *WHOLE, "VEC-01")
class StatusBroken(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        write(wire.render(answer, request).replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 OK", 1))
        return False


@fault("header-line-broken", "a log line stands among the headers", *WHOLE, "VEC-01")
class HeaderBroken(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        logged = b"\r\nloaded model in 3.2 s\r\n"
        write(wire.render(answer, request).replace(b"\r\n", logged, 1))
        return False


@fault(
    "closed-without-answer",
    "vectorize closes the connection without an answer",
    "VEC-01",
    "VEC-02",
    *WHOLE,
)
class ClosedSilently(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        return False


@fault(
    "never-answers",
    "vectorize never answers",
    "VEC-01",
    "OPS-02",
    *WHOLE,
    options=("--endpoint-timeout", "1"),
)
class NeverAnswers(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(3)
        raise Refused(503, "gave up")


@fault("closed-unannounced", "every connection is closed after its answer, unannounced", "OPS-05")
class ClosedUnannounced(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        super().send(request, answer, write)
        return False


@fault(
    "closed-when-reused",
    "the second request of a connection is closed without an answer",
    "WIR-07",
    "OPS-03",
)
class ClosedWhenReused(Endpoint):
    """A request that follows another on its connection is dropped; a fresh one is served."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.connection = threading.local()

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if getattr(self.connection, "used", False):
            return False
        self.connection.used = request.path.endswith("vectorize")
        return super().send(request, answer, write)


@fault(
    "trickles",
    "the answer comes a few bytes at a time",
    "OPS-02",
    "VEC-01",
    options=("--endpoint-timeout", "1"),
)
class Trickles(Broken):
    def broken(self, request: Request, answer: Answer, write: Write) -> bool:
        whole = wire.render(answer, request)
        for start in range(0, len(whole), 100):
            write(whole[start : start + 100])
            time.sleep(0.05)
        return True
