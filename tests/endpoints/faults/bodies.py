"""Bodies that Go's JSON parser rejects, or with the wrong content type."""

import gzip
from dataclasses import replace
from typing import Any

from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import Asked, Endpoint
from tests.endpoints.registry import fault, variants
from tests.endpoints.wire import Answer, Request

# Content encodings that Go does not decode.


class Packed(Endpoint):
    """Sends every body through `pack`."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        return self.pack(answer) if answer.body else answer

    def pack(self, answer: Answer) -> Answer:
        return answer


class Encoded(Packed):
    """Uses a content encoding that the client does not accept."""

    encoding = ""

    def pack(self, answer: Answer) -> Answer:
        body = ENCODERS[self.encoding](answer.body)
        return Answer(answer.status, body, {**answer.headers, "Content-Encoding": self.encoding})


encoded = variants(Encoded, "encoding")
encoded("brotli", "br")
encoded("zstd", "zstd")
encoded("deflate", "deflate")


@fault("gzip-only-in-name")
class GzipInName(Packed):
    def pack(self, answer: Answer) -> Answer:
        return replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"})


@fault("gzip-twice")
class GzipTwice(Packed):
    def pack(self, answer: Answer) -> Answer:
        body = gzip.compress(gzip.compress(answer.body, 1), 1)
        return replace(answer, body=body, headers={**answer.headers, "Content-Encoding": "gzip"})


@fault("gzip-truncated")
class GzipTruncated(Packed):
    def pack(self, answer: Answer) -> Answer:
        body = gzip.compress(answer.body, 1)[:-12]
        return replace(answer, body=body, headers={**answer.headers, "Content-Encoding": "gzip"})


# Bodies that Go's JSON parser rejects, or that have the wrong content type.


class Rewritten(Packed):
    """Sends bodies through `rewrite`, with the right length."""

    def pack(self, answer: Answer) -> Answer:
        return replace(answer, body=self.rewrite(answer.body))

    def rewrite(self, body: bytes) -> bytes:
        return body


@fault("answered-as-two-objects")
class TwoObjects(Rewritten):
    def rewrite(self, body: bytes) -> bytes:
        return body.replace(b', "imageVectors"', b'}\n{"imageVectors"', 1)


@fault("json-encoded-twice")
class EncodedTwice(Endpoint):
    def dump(self, body: Any) -> bytes:
        return super().dump(super().dump(body).decode())


rewritten = variants(Rewritten, "rewrite")
rewritten("bom", lambda body: b"\xef\xbb\xbf" + body)
rewritten("trailing-data", lambda body: body + b"\ndone in 3 ms")
rewritten("single-quotes", lambda body: body.replace(b'"', b"'"))
rewritten("utf-16", lambda body: body.decode().encode("utf-16"))
rewritten("jsonp", lambda body: b"callback(" + body + b");")
rewritten("trailing-comma", lambda body: body.replace(b"]]", b"],]"))
rewritten("decimal-comma", lambda body: body.replace(b"0.", b"0,"))
rewritten("leading-plus", lambda body: body.replace(b" 0.", b" +."))


@fault("vectors-in-events")
class Events(Packed):
    def pack(self, answer: Answer) -> Answer:
        return Answer(
            answer.status, b"data: " + answer.body + b"\n\n", {"Content-Type": "text/event-stream"}
        )


@fault("content-type-html")
class SaysHtml(Packed):
    def pack(self, answer: Answer) -> Answer:
        return replace(answer, headers={**answer.headers, "Content-Type": "text/html"})


packed = variants(Packed, "pack")
packed("gzip-without-header", lambda answer: replace(answer, body=gzip.compress(answer.body, 1)))
packed("content-type-missing", lambda answer: replace(answer, headers={}))


@fault("error-beside-vectors")
class WarningObject(Endpoint):
    def body(self, asked: Asked) -> dict[str, Any]:
        return {**super().body(asked), "error": {"warnings": []}}
