"""Bodies that Go's JSON reader does not take, or that say they are something else."""

from dataclasses import replace
from typing import Any

from tests.endpoints.endpoint import Asked, Endpoint
from tests.endpoints.faults.encodings import Packed
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer

READ = ("VEC-04",)


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


@fault("error-beside-vectors", "a warning object stands under error beside the vectors", *READ)
class WarningObject(Endpoint):
    def body(self, asked: Asked) -> dict[str, Any]:
        return {**super().body(asked), "error": {"warnings": []}}
