"""Bytes on the wire that Go's HTTP client or JSON reader does not take."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import gzip
import time
from dataclasses import replace
from typing import Any, ClassVar

from tests.endpoints import wire
from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import JSON, Asked, Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

WHOLE = ("VEC-14", "VEC-04", "OPS-03")
READ = ("VEC-04",)


class Packed(Endpoint):
    """Every answer with a body goes through `pack`."""

    def answer(self, request: Request) -> Answer:
        """The packed answer."""
        answer = super().answer(request)
        return self.pack(answer) if answer.body else answer

    def pack(self, answer: Answer) -> Answer:
        """To be replaced."""
        return answer


class Encoded(Packed):
    """Answers in an encoding that nobody asked for."""

    encoding = ""

    def pack(self, answer: Answer) -> Answer:
        """The encoded answer."""
        body = ENCODERS[self.encoding](answer.body)
        return Answer(answer.status, body, {**answer.headers, "Content-Encoding": self.encoding})


@fault("brotli", "answers come in brotli, asked for or not", "VEC-14")
class Brotli(Encoded):
    encoding = "br"


@fault("zstd", "answers come in zstd, asked for or not", "VEC-14")
class Zstd(Encoded):
    encoding = "zstd"


@fault("deflate", "answers come in deflate, asked for or not", "VEC-14")
class Deflate(Encoded):
    encoding = "deflate"


@fault("gzip-only-in-name", "Content-Encoding says gzip, the body is plain", "VEC-14", "VEC-04")
class GzipInName(Packed):
    def pack(self, answer: Answer) -> Answer:
        return replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"})


@fault("gzip-without-header", "the body is gzip and no header says so", "VEC-04", "VEC-14")
class GzipUnnamed(Packed):
    def pack(self, answer: Answer) -> Answer:
        return replace(answer, body=gzip.compress(answer.body, 1))


@fault("gzip-twice", "the application and the proxy both compress", "VEC-04", "VEC-14")
class GzipTwice(Packed):
    def pack(self, answer: Answer) -> Answer:
        body = gzip.compress(gzip.compress(answer.body, 1), 1)
        return replace(answer, body=body, headers={**answer.headers, "Content-Encoding": "gzip"})


@fault("gzip-truncated", "the gzip stream ends without its trailer", "VEC-14", "VEC-04")
class GzipTruncated(Packed):
    def pack(self, answer: Answer) -> Answer:
        body = gzip.compress(answer.body, 1)[:-12]
        return replace(answer, body=body, headers={**answer.headers, "Content-Encoding": "gzip"})


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


@fault(
    "closed-when-reused", "the second request of a connection is closed without an answer", "OPS-03"
)
class ClosedWhenReused(Endpoint):
    """A request that follows another on its connection is dropped; a fresh one is served."""

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        kept = super().send(request, answer, write)
        if kept and request.path.endswith("vectorize"):
            time.sleep(0.002)
            return False
        return kept


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


class Rewritten(Packed):
    """Bodies go through `rewrite`; the length fits."""

    def pack(self, answer: Answer) -> Answer:
        """The rewritten answer."""
        return replace(answer, body=self.rewrite(answer.body))

    def rewrite(self, body: bytes) -> bytes:
        """To be replaced."""
        return body


@fault("bom", "bodies begin with a byte order mark", *READ)
class Marked(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return b"\xef\xbb\xbf" + body


@fault("trailing-data", "a log line follows the body", *READ)
class Trailing(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body + b"\ndone in 3 ms"


@fault("answered-as-two-objects", "texts and images come as two JSON objects", *READ)
class TwoObjects(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.replace(b', "imageVectors"', b'}\n{"imageVectors"', 1)


@fault("single-quotes", "bodies are Python's repr", *READ)
class SingleQuotes(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.replace(b'"', b"'")


@fault("json-encoded-twice", "bodies are JSON strings that hold JSON", *READ)
class EncodedTwice(Endpoint):
    def dump(self, body: Any) -> bytes:
        return super().dump(super().dump(body).decode())


@fault("utf-16", "bodies are UTF-16", *READ)
class Utf16(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.decode().encode("utf-16")


@fault("jsonp", "bodies are wrapped in a callback", *READ)
class Jsonp(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return b"callback(" + body + b");"


@fault("trailing-comma", "lists end with a comma", *READ)
class TrailingComma(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.replace(b"]]", b"],]")


@fault("decimal-comma", "numbers are written with a comma", *READ, "VEC-08")
class DecimalComma(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.replace(b"0.", b"0,")


@fault("leading-plus", "numbers are written with a plus or without their zero", *READ)
class LeadingPlus(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.replace(b" 0.", b" +.")


@fault("vectors-in-events", "vectors come as a stream of events", *READ)
class Events(Packed):
    def pack(self, answer: Answer) -> Answer:
        return Answer(
            answer.status, b"data: " + answer.body + b"\n\n", {"Content-Type": "text/event-stream"}
        )


@fault("content-type-html", "answers say that they are HTML", "VEC-21")
class SaysHtml(Packed):
    def pack(self, answer: Answer) -> Answer:
        return replace(answer, headers={**answer.headers, "Content-Type": "text/html"})


@fault("content-type-missing", "answers do not say what they are", "VEC-21")
class SaysNothing(Packed):
    def pack(self, answer: Answer) -> Answer:
        return replace(answer, headers={})


class Demanding(Endpoint):
    """Requests whose headers do not please are refused."""

    def vectorize(self, request: Request) -> Answer:
        """The answer, or a refusal."""
        if not self.pleases(request.headers):
            raise Refused(403, "not for you")
        return super().vectorize(request)

    def pleases(self, headers: Any) -> bool:
        """To be replaced."""
        return bool(headers)


@fault("needs-authorisation", "a token is asked for; Weaviate sends none", "VEC-01", "VEC-02")
class NeedsToken(Demanding):
    def pleases(self, headers: Any) -> bool:
        return "authorization" in headers


@fault("needs-accept", "an Accept header with JSON is asked for; Go sends none", "VEC-01", "VEC-02")
class NeedsAccept(Demanding):
    def pleases(self, headers: Any) -> bool:
        return "json" in headers.get("accept", "")


@fault("refuses-go", "a firewall takes Go-http-client for a robot", "WIR-01", "VEC-01")
class RefusesGo(Demanding):
    def pleases(self, headers: Any) -> bool:
        return not headers.get("user-agent", "").startswith("Go-http-client")


@fault("needs-charset", "Content-Type must say charset=utf-8", "VEC-01", "VEC-02")
class NeedsCharset(Demanding):
    def pleases(self, headers: Any) -> bool:
        return "charset" in headers.get("content-type", "")


class NeedsKeys(Endpoint):
    """A request without one of `keys` is refused."""

    keys: ClassVar[tuple[str, ...]] = ()

    def parse(self, value: Any) -> Asked:
        """What is asked for, or a refusal."""
        if isinstance(value, dict) and not all(key in value for key in self.keys):
            raise Refused(422, f"needs {' and '.join(self.keys)}")
        return super().parse(value)


@fault("needs-texts", "a request without texts is refused", "VEC-02", "WIR-01")
class NeedsTexts(NeedsKeys):
    keys: ClassVar = ("texts",)


@fault("needs-images", "a request without images is refused", "VEC-01", "WIR-01")
class NeedsImages(NeedsKeys):
    keys: ClassVar = ("images",)


@fault("empty-list-refused", "an empty list is refused", "VEC-16")
class EmptyListRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and [] in value.values():
            raise Refused(400, "must not be empty")
        return super().parse(value)


@fault("null-list-refused", "null for a list is refused", "VEC-17")
class NullRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and None in value.values():
            raise Refused(400, "must be a list")
        return super().parse(value)


@fault("unknown-fields-refused", "fields that are not known are refused", "VEC-19")
class UnknownRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and set(value) - {"texts", "images"}:
            raise Refused(400, "extra inputs are not permitted")
        return super().parse(value)


@fault("double-slash-404", "//vectorize is another path", "VEC-20")
class DoubleSlash(Endpoint):
    def route(self, request: Request) -> Answer:
        if "//" in request.path:
            raise Refused(404, "Not Found")
        return super().route(request)


class Redirecting(Endpoint):
    """POST /vectorize redirects with `status` to `/vectorize/`, which is served."""

    status = 307

    def route(self, request: Request) -> Answer:
        """The redirect, or the answer behind it."""
        if request.path.endswith("/vectorize"):
            return Answer(self.status, headers={"Location": request.path + "/"})
        return super().route(replace(request, target=request.target.rstrip("/")))


@fault("vectorize-redirects", "vectorize redirects to a path with a slash", "VEC-13")
class Redirects307(Redirecting):
    pass


@fault("vectorize-moved", "vectorize has moved for good", "VEC-13")
class Redirects308(Redirecting):
    status = 308


@fault(
    "vectorize-redirects-with-vectors",
    "a redirect carries the vectors: Go takes it for an answer",
    "VEC-13",
)
class RedirectsWithVectors(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        return replace(
            super().vectorize(request), status=302, headers={**JSON, "Location": "/result/7"}
        )


@fault("answered-later", "202 with a job to ask for later", "VEC-01", "VEC-02")
class AnsweredLater(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        super().vectorize(request)
        return Answer(202, self.dump({"job": "7"}), dict(JSON))


@fault("error-beside-vectors", "a warning object stands under error beside the vectors", *READ)
class WarningObject(Endpoint):
    def body(self, asked: Asked) -> dict[str, Any]:
        return {**super().body(asked), "error": {"warnings": []}}
