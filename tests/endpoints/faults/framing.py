"""Responses with invalid HTTP framing."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

import threading
import time

from tests.endpoints import wire
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint, Refused, Write
from tests.endpoints.registry import fault, variants
from tests.endpoints.wire import Answer, Request


class Broken(Endpoint):
    """Sends the vectorize responses as `framed`; the connection stays open if `open_after`."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if request.path.endswith("vectorize"):
            write(self.framed(answer))
            return self.open_after(answer)
        return super().send(request, answer, write)

    def framed(self, answer: Answer) -> bytes:
        return whole(answer)

    def open_after(self, answer: Answer) -> bool:
        return False


def whole(answer: Answer) -> bytes:
    """The correct response, with its length."""
    return wire.head(answer, wire.content_length(answer.body)) + answer.body


def chunked(answer: Answer, size: bytes, end: bytes = b"") -> bytes:
    """A response with one chunk, for which this size is announced."""
    head = wire.head(answer, {"Transfer-Encoding": "chunked"})
    return head + size + b"\r\n" + answer.body + b"\r\n" + end


def hexadecimal(answer: Answer) -> bytes:
    return b"%x" % len(answer.body)


LAST = b"0\r\n\r\n"


def in_letters(answer: Answer) -> bytes:
    """A length that counts characters instead of bytes."""
    body = answer.body[:-1] + ', "model": "größer"}'.encode()
    return wire.head(answer, {"Content-Length": str(len(body.decode()))}) + body


def with_length(answer: Answer, more: int) -> bytes:
    """The response with a length that is off by `more`."""
    return wire.head(answer, {"Content-Length": str(len(answer.body) + more)}) + answer.body


def with_two_lengths(answer: Answer) -> bytes:
    twice = {"Content-Length": str(len(answer.body)), "content-length": "7"}
    return wire.head(answer, twice) + answer.body


def with_length_twice(answer: Answer) -> bytes:
    length = len(answer.body)
    return wire.head(answer, {"Content-Length": f"{length}, {length}"}) + answer.body


closed = variants(Broken, "framed")
closed("body-truncated", lambda answer: whole(answer)[: -len(answer.body) // 2])
closed("length-too-long-and-closed", lambda answer: with_length(answer, 10))
closed("chunks-unfinished", lambda answer: chunked(answer, hexadecimal(answer)))
closed("chunk-sizes-decimal", lambda answer: chunked(answer, b"%d" % len(answer.body), LAST))
closed("status-line-broken", lambda answer: whole(answer).replace(b"1.1 200 OK", b"1.1 OK", 1))
closed(
    "header-line-broken",
    lambda answer: whole(answer).replace(b"\r\n", b"\r\nloaded model in 3.2 s\r\n", 1),
)
closed("closed-without-answer", lambda _answer: b"")
kept = variants(Broken, "framed", "open_after")
kept("length-too-short", lambda answer: with_length(answer, -10), lambda _answer: True)
kept("length-in-letters", in_letters, lambda _answer: True)
kept("two-lengths", with_two_lengths, lambda _answer: True)
kept("length-twice-in-one-header", with_length_twice, lambda _answer: True)
kept(
    "length-too-long",
    lambda answer: with_length(answer, 10),
    lambda _answer: True,
    endpoint_timeout=2,
)
kept(
    "large-bodies-truncated",
    lambda answer: whole(answer)[:65536],
    lambda answer: len(whole(answer)) <= 65536,
)
kept(
    "large-chunked-bodies-unended",
    lambda answer: chunked(
        answer, hexadecimal(answer), b"" if len(answer.body) > 200_000 else LAST
    ),
    lambda answer: len(answer.body) <= 200_000,
)


@fault("204-with-a-last-chunk")
class LastChunkAfter204(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        super().send(request, answer, write)
        if answer.status == 204:
            write(LAST)
        return wire.keeps_open(request, answer)


@fault("never-answers", endpoint_timeout=1)
class NeverAnswers(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(3)
        raise Refused(503, "gave up")


class Closing(Endpoint):
    """Closes the connection without announcing it, unless `stays` returns true."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return super().send(request, answer, write) and self.stays(answer, next(self.calls))

    def stays(self, answer: Answer, number: int) -> bool:
        raise NotImplementedError


closing = variants(Closing, "stays")
closing("closed-unannounced", lambda _answer, _number: False)
closing("closed-after-a-refusal", lambda answer, _number: answer.status < 400)
closing("closed-after-a-long-response", lambda answer, _number: len(answer.body) < 100_000)
closing("every-twelfth-closed", lambda _answer, number: number % 12 > 0)


@fault("connections-closed-after-100-requests", needs=("whole",))
class ClosedAfterMany(Endpoint):
    software = "a-hundred-requests"


class Silent(Endpoint):
    """Closes the connection instead of sending a response that `hides` selects."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return not self.hides(request, answer) and super().send(request, answer, write)

    def hides(self, request: Request, answer: Answer) -> bool:
        raise NotImplementedError


silent = variants(Silent, "hides")
silent("failure-closes", lambda _request, answer: answer.status >= 400)
silent("ready-silent", lambda request, _answer: "ready" in request.path, wait=1)
silent("meta-silent", lambda request, _answer: "meta" in request.path)


@fault("every-60th-lost", needs=("whole",))
class EverySixtiethLost(Silent):
    def hides(self, request: Request, answer: Answer) -> bool:
        return "vectorize" in request.path and next(self.calls) % 60 == 0


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
class Trickles(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        def slowly(data: bytes) -> None:
            for start in range(0, len(data), 100):
                write(data[start : start + 100])
                time.sleep(0.05)

        work = request.path.endswith("vectorize")
        return super().send(request, answer, slowly if work else write)
