"""Bodies that Go's JSON parser rejects, or that have the wrong content type."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace

from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import outputs, variants
from tests.endpoints.wire import Answer, Request

# Content encodings that Go does not decode.


class Packed(Endpoint):
    """Sends every body through `pack`."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        return self.pack(answer) if answer.body else answer

    def pack(self, answer: Answer) -> Answer:
        return answer


def with_header(answer: Answer, name: str, value: str) -> Answer:
    return replace(answer, headers={**answer.headers, name: value})


class Encoded(Packed):
    """Uses a content encoding that the client does not accept."""

    encoding = ""

    def pack(self, answer: Answer) -> Answer:
        encoded = replace(answer, body=ENCODERS[self.encoding](answer.body))
        return with_header(encoded, "Content-Encoding", self.encoding)


encoded = variants(Encoded, "encoding")
encoded("brotli", "br")
encoded("zstd", "zstd")
encoded("deflate", "deflate")


def gzipped(name: str, pack: Callable[[bytes], bytes]) -> None:
    """Register a fault whose bodies are packed in this way, and declared as gzip."""
    packed(
        name,
        lambda answer: with_header(
            replace(answer, body=pack(answer.body)), "Content-Encoding", "gzip"
        ),
    )


packed = variants(Packed, "pack")
packed("gzip-without-header", lambda answer: replace(answer, body=gzip.compress(answer.body, 1)))
gzipped("gzip-only-in-name", lambda body: body)
gzipped("gzip-twice", lambda body: gzip.compress(gzip.compress(body, 1), 1))
gzipped("gzip-truncated", lambda body: gzip.compress(body, 1)[:-12])
gzipped("gzip-unasked", ENCODERS["gzip"])


def large_in_gzip(answer: Answer) -> Answer:
    if len(answer.body) <= 20_000:
        return answer
    body = gzip.compress(answer.body, 1)
    return with_header(replace(answer, body=body), "Content-Encoding", "gzip")


packed("large-gzip-unasked", large_in_gzip)


# Bodies that Go's JSON parser rejects, or that have the wrong content type.


def rewritten(name: str, rewrite: Callable[[bytes], bytes]) -> None:
    """Register a fault whose bodies are rewritten, and whose Content-Length is correct."""
    packed(name, lambda answer: replace(answer, body=rewrite(answer.body)))


outputs("dump")("json-encoded-twice", lambda body: json.dumps(body.decode()).encode())
rewritten("answered-as-two-objects", lambda body: body.replace(b', "image', b'}\n{"image', 1))
rewritten("bom", lambda body: b"\xef\xbb\xbf" + body)
rewritten("trailing-data", lambda body: body + b"\ndone in 3 ms")
rewritten("single-quotes", lambda body: body.replace(b'"', b"'"))
rewritten("utf-16", lambda body: body.decode().encode("utf-16"))
rewritten("jsonp", lambda body: b"callback(" + body + b");")
rewritten("trailing-comma", lambda body: body.replace(b"]]", b"],]"))
rewritten("decimal-comma", lambda body: body.replace(b"0.", b"0,"))
rewritten("leading-plus", lambda body: body.replace(b" 0.", b" +."))

packed("content-type-html", lambda answer: with_header(answer, "Content-Type", "text/html"))
packed(
    "vectors-in-events",
    lambda answer: Answer(
        answer.status, b"data: " + answer.body + b"\n\n", {"Content-Type": "text/event-stream"}
    ),
)
packed("content-type-missing", lambda answer: replace(answer, headers={}))

outputs("body")("error-beside-vectors", lambda body: {**body, "error": {"warnings": []}})
