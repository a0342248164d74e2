"""Answers that say the same in other words."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import json
import time
from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import JSON, Asked, Body, Endpoint, Refused
from tests.endpoints.registry import legal
from tests.endpoints.wire import Answer, Request


@legal("plain", "the fake encoder as it is")
class Plain(Endpoint):
    pass


@legal("lower-casing", "a SigLIP 2 tag: 1152 wide, squashing, lower-casing", needs=("lower-case",))
class LowerCasing(Endpoint):
    pass


@legal("published", "published weights: the photographs and their table", needs=("published",))
class Published(Endpoint):
    pass


@legal("probes-200", "probes answer 200 with a JSON body")
class Probes200(Endpoint):
    def ready(self, request: Request) -> Answer:
        return Answer(200, b'{"status": "ok"}', dict(JSON))

    live = ready


@legal("live-302", "live redirects, which Kubernetes takes for alive")
class LiveRedirects(Endpoint):
    def live(self, request: Request) -> Answer:
        return Answer(302, headers={"Location": "/.well-known/ready"})


@legal("ready-late", "503 for the first two seconds")
class ReadyLate(Endpoint):
    loaded = 0.0

    def start(self) -> None:
        self.loaded = time.monotonic() + 2

    def ready(self, request: Request) -> Answer:
        if time.monotonic() < self.loaded:
            raise Refused(503, "the model is loading")
        return super().ready(request)


@legal("meta-rich", "meta is the model's whole configuration, nested")
class MetaRich(Endpoint):
    def description(self) -> Body:
        layers = [{"heads": 8, "width": 512}] * 12
        return {"_name_or_path": self.encoder.name, "vision_config": {"layers": layers}, "ü": None}


@legal("extra-fields", "the answer has fields that nobody asked for")
class ExtraFields(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {"took": 0.1, "model": {"name": "x"}, **super().body(asked), "version": [1, 2]}


@legal("other-key-order", "imageVectors come first")
class OtherOrder(Endpoint):
    def body(self, asked: Asked) -> Body:
        return dict(reversed(super().body(asked).items()))


@legal("null-for-absent", "null for a kind that was not asked for")
class NullForAbsent(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {key: rows or None for key, rows in super().body(asked).items()}


@legal("missing-for-absent", "no key for a kind that was not asked for")
class MissingForAbsent(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {key: rows for key, rows in super().body(asked).items() if rows}


@legal("error-null-beside-vectors", "error is null beside the vectors")
class ErrorNullBeside(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {**super().body(asked), "error": None}


@legal("error-empty-beside-vectors", "error is an empty string beside the vectors")
class ErrorEmptyBeside(Endpoint):
    def body(self, asked: Asked) -> Body:
        return {"error": "", **super().body(asked)}


@legal("empty-lists-beside-error", "failures have empty lists beside the error")
class ListsBesideError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        body: Body = {"textVectors": [], "imageVectors": None, "error": message}
        return Answer(status, self.dump(body), dict(JSON))


@legal("empty-request-refused", "{} is refused")
class EmptyRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if value == {}:
            raise Refused(400, "nothing to encode")
        return super().parse(value)


@legal("empty-request-500", "{} is an internal error")
class Empty500(Endpoint):
    def parse(self, value: Any) -> Asked:
        if value == {}:
            raise KeyError
        return super().parse(value)


class Statuses(Endpoint):
    """Every refusal of vectorize has the status `other`."""

    other = 500

    def failure(self, status: int, message: str) -> Answer:
        """The refusal."""
        return super().failure(self.other if status == 400 else status, message)


@legal("refusals-are-500", "bad input is a 500 with an error")
class Refusals500(Statuses):
    pass


@legal("refusals-are-422", "bad input is a 422 with an error")
class Refusals422(Statuses):
    other = 422


@legal("refusals-are-418", "bad input is a status nobody expects")
class Refusals418(Statuses):
    other = 418


@legal("refusals-are-503", "bad input is a 503 with an error")
class Refusals503(Statuses):
    other = 503


@legal("long-error", "the error is 20,000 letters of many scripts")
class LongError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, f"{message}: größer, 大きい, \U0001f600 " * 500)


@legal("error-with-detail", "error stands beside detail, code and a link")
class ErrorWithDetail(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        told = {"detail": [{"msg": message}], "error": message, "code": 7, "see": None}
        return Answer(status, self.dump(told), dict(JSON))


@legal("data-uri-read", "a data: URI is read as the picture that it holds")
class DataUriRead(Endpoint):
    def decode(self, image: str) -> bytes:
        return super().decode(image.partition(",")[2] if image.startswith("data:") else image)


@legal("base64-read-leniently", "line breaks inside base64 are skipped")
class Lenient(Endpoint):
    def decode(self, image: str) -> bytes:
        return super().decode("".join(image.split()))


@legal("null-list-refused", "null for a list is refused")
class NullRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and None in value.values():
            raise Refused(400, "must be a list")
        return super().parse(value)


@legal("unknown-field-refused", "fields that are not known are refused")
class UnknownRefused(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and set(value) - {"texts", "images"}:
            raise Refused(400, "extra inputs are not permitted")
        return super().parse(value)


@legal("double-slash-404", "//vectorize is another path")
class DoubleSlash(Endpoint):
    def route(self, request: Request) -> Answer:
        if "//" in request.path:
            raise Refused(404, "Not Found")
        return super().route(request)


@legal("pretty-printed", "JSON is indented and ends with a line break")
class Pretty(Endpoint):
    def dump(self, body: Any) -> bytes:
        return json.dumps(body, indent=1).encode() + b"\n"


@legal("compact", "JSON without blanks, letters unescaped, keys sorted")
class Compact(Endpoint):
    def dump(self, body: Any) -> bytes:
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        return text.encode()


class Numbers(Endpoint):
    """Numbers are written by `write`."""

    def body(self, asked: Asked) -> Body:
        """The answer with marked rows."""
        texts, images = self.text_vectors(asked.texts), self.image_vectors(asked.images)
        return {"textVectors": texts, "imageVectors": images}

    def dump(self, body: Any) -> bytes:
        """JSON by hand where rows are arrays."""
        shown = [f"{json.dumps(key)}: {self.shown(value)}" for key, value in body.items()]
        return ("{" + ", ".join(shown) + "}").encode()

    def shown(self, value: Any) -> str:
        """One value as JSON."""
        if not isinstance(value, np.ndarray):
            return json.dumps(value)
        rows = (", ".join(map(self.write, row.tolist())) for row in value)
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"

    def write(self, number: float) -> str:
        """To be replaced."""
        return repr(number)


@legal("exponents", "numbers are written with exponents")
class Exponents(Numbers):
    def write(self, number: float) -> str:
        return f"{number:.8E}"


@legal("many-digits", "numbers are written with 25 digits, zeros as integers")
class ManyDigits(Numbers):
    def write(self, number: float) -> str:
        return f"{number:.25f}" if number else "0"


@legal("slow", "every eighth request takes a second")
class Slow(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(1 if next(self.calls) % 8 == 0 else 0.02)
        return super().vectorize(request)


@legal("slow-in-bulk", "more than four items take a second")
class SlowInBulk(Endpoint):
    def body(self, asked: Asked) -> Body:
        time.sleep(1 if len(asked.texts) + len(asked.images) > 4 else 0)
        return super().body(asked)


class Rows(Endpoint):
    """All vectors go through `turn`."""

    def text_vectors(self, texts: list[str]) -> Matrix:
        """Turned rows of texts."""
        return self.turn(super().text_vectors(texts))

    def image_vectors(self, images: list[bytes]) -> Matrix:
        """Turned rows of images."""
        return self.turn(super().image_vectors(images))

    def turn(self, vectors: Matrix) -> Matrix:
        """To be replaced."""
        return vectors


@legal("unnormalised", "vectors are not of unit length")
class Unnormalised(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return vectors * np.float32(11.3)


@legal("norms-vary", "each vector has a length of its own")
class NormsVary(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return single(vectors * (8 + 20 * np.abs(vectors[:, :1])))


@legal("texts-longer-than-images", "text vectors are longer than image vectors")
class TextsLonger(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(texts) * np.float32(3)


@legal("float16", "vectors are rounded to float16")
class Float16(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return vectors.astype(np.float16).astype(np.float32)


@legal("bfloat16", "vectors are rounded to bfloat16")
class BFloat16(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        bits = np.ascontiguousarray(vectors).view(np.uint32) + np.uint32(0x8000)
        return single(bits & np.uint32(0xFFFF0000)).view(np.float32)


@legal("eight-bit", "vectors are integers from -127 to 127")
class EightBit(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
        return single(np.round(vectors / largest * 127))

    def rows(self, vectors: Matrix) -> Any:
        return vectors.astype(int).tolist()


@legal("six-decimals", "vectors are rounded to six decimals")
class SixDecimals(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return np.round(vectors, 6)


@legal("text-noise", "text vectors differ by 1e-6 with the batch")
class TextNoise(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        noise = np.random.default_rng(next(self.calls)).normal(0, 1e-6, vectors.shape)
        return single(vectors + noise)


@legal("image-noise-in-batches", "image vectors differ by 1e-6 beside other images")
class BatchNoise(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        noise = np.random.default_rng(len(images)).normal(0, 1e-6, vectors.shape)
        return vectors if len(images) == 1 else single(vectors + noise)


@legal("first-request-slow", "the first request compiles the model: two seconds")
class FirstSlow(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(2 if next(self.calls) == 1 else 0)
        return super().vectorize(request)


@legal("one-at-a-time", "requests wait for each other, probes do not")
class OneAtATime(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        with self.lock:
            time.sleep(0.01)
            return super().vectorize(request)
