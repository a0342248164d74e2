"""Content encodings that Go does not read."""

import gzip
from dataclasses import replace

from tests.endpoints.encodings import ENCODERS
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


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
