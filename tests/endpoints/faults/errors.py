"""Errors that Weaviate cannot pass on to users, partial responses, and aftereffects of failures."""

import json
import time
import traceback
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from tests.endpoints import wire
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import HTML, JSON, TEXT, Asked, Body, Endpoint, Refused, Write
from tests.endpoints.registry import fault, inputs, variants
from tests.endpoints.wire import Answer, Request

# Failures that Weaviate cannot show, or that it takes for success.


def in_json(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), JSON | headers)


class Failing(Endpoint):
    """The body of every failure is `told(message)`."""

    def told(self, message: str) -> Any:
        return {"error": message}

    def failure(self, status: int, message: str) -> Answer:
        return in_json(status, self.told(message))


failing = variants(Failing, "told")
failing("error-missing", lambda _message: {})
failing("error-empty", lambda _message: {"error": ""})
failing("error-null", lambda _message: {"error": None})
failing("error-list", lambda message: {"error": [message]})
failing("error-in-detail", lambda message: {"detail": message})
failing("error-blank", lambda _message: {"error": "\n"})
failing("error-object", lambda message: {"error": {"code": "bad_image", "message": message}})
failing("error-true", lambda message: {"error": True, "message": message})
failing("error-is-the-body", lambda message: message)


class Retold(Endpoint):
    """Every failure has the status and message that `retell` returns."""

    def failure(self, status: int, message: str) -> Answer:
        return super().failure(*self.retell(status, message))

    def retell(self, status: int, message: str) -> tuple[int, str]:
        raise NotImplementedError


ADDRESS = "cannot convert <PIL.Image.Image image mode=P size=8x8 at 0x7F3A5C1D2E90>"
STACK = "goroutine 12 [running]:\nmain.decode(0xc0000b2000, 0x40)\n\t/app/main.go:77 +0x1f"
retold = variants(Retold, "retell")
retold("failure-200", lambda _status, message: (200, message))
retold("always-500", lambda status, message: (500 if status == 400 else status, message))
retold("traceback-in-error", lambda status, message: (status, traceback.format_exc() or message))
retold("address-in-error", lambda status, _message: (status, ADDRESS))
retold("stack-of-go-in-error", lambda status, message: (status, f"{message}\n{STACK}"))
retold(
    "path-in-error",
    lambda status, message: (status, f"{message} (/app/src/server/images.py line 31)"),
)

with_failure = variants(Endpoint, "failure")
with_failure(
    "error-in-latin-1",
    lambda status, message: Answer(status, b'{"error": "' + message.encode() + b"\xc3", dict(JSON)),
)
with_failure(
    "error-plain-text",
    lambda status, message: Answer(status, message.encode(), TEXT),
)
with_failure(
    "failure-302", lambda _status, message: in_json(302, {"error": message}, Location="/help")
)
with_failure(
    "failure-200-with-empty-lists",
    lambda _status, message: in_json(
        200, {"textVectors": [], "imageVectors": [], "error": message}
    ),
)
with_failure(
    "error-html",
    lambda status, message: Answer(
        status, f"<html><body><h1>{status}</h1>{message}</body></html>".encode(), HTML
    ),
)
with_failure("failure-204", lambda _status, _message: Answer(204))
with_failure("error-without-body", lambda status, _message: Answer(status))


@fault("failure-hangs", endpoint_timeout=2)
class FailureHangs(Endpoint):
    def decode(self, image: str) -> bytes:
        try:
            return super().decode(image)
        except Refused:
            time.sleep(6)
            raise


# Partial responses, and endpoints that do not recover from a failure.


class Lenient(Endpoint):
    """Reads a string that is not base64 as an empty file."""

    def decode(self, image: str) -> bytes:
        try:
            return super().decode(image)
        except Refused:
            return b""


@fault("bad-image-zero")
class BadImageZero(Lenient):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            return np.zeros(self.encoder.width, dtype=np.float32)


@fault("bad-image-white")
class BadImageWhite(Lenient):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            return self.encoder.picture(Image.new("RGB", (64, 64), "white"))


@fault("bad-image-skipped")
class BadImageSkipped(Lenient):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        try:
            return super().image_vectors(images)
        except Refused:
            kept = [image for image in images if self.readable(image)]
            return super().image_vectors(kept)

    def readable(self, image: bytes) -> bool:
        try:
            self.image_vector(image)
        except Refused:
            return False
        return True


@fault("bad-image-drops-images")
class BadImageDropsImages(Lenient):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        try:
            return super().image_vectors(images)
        except Refused:
            return super().image_vectors([])


@fault("partial-when-several")
class PartialWhenSeveral(BadImageSkipped):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        several = len(images) > 1
        return super().image_vectors(images) if several else Endpoint.image_vectors(self, images)


@fault("bad-image-only-texts-kept")
class TextsKept(BadImageDropsImages):
    def body(self, asked: Asked) -> Body:
        if not asked.texts:
            Endpoint.image_vectors(self, asked.images)
        return super().body(asked)


@fault("sticky-failure")
class StickyFailure(Endpoint):
    broken = False

    def image_vector(self, image: bytes) -> Matrix:
        if self.broken:
            raise Refused(500, "the worker is in a bad state")
        try:
            return super().image_vector(image)
        except Refused:
            self.broken = True
            raise


@fault("next-request-fails")
class NextFails(Endpoint):
    poisoned = False

    def vectorize(self, request: Request) -> Answer:
        if self.poisoned:
            self.poisoned = False
            raise Refused(500, "stale error")
        try:
            return super().vectorize(request)
        except Refused:
            self.poisoned = True
            raise


@fault("lock-never-released", endpoint_timeout=2)
class LockKept(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        if not self.lock.acquire(timeout=20):
            raise Refused(503, "the lock is held")
        vectors = super().image_vectors(images)
        self.lock.release()
        return vectors


@fault("stale-vector-after-error")
class StaleAfterError(Endpoint):
    last: Matrix | None = None
    stale = False

    def image_vector(self, image: bytes) -> Matrix:
        try:
            vector = super().image_vector(image)
        except Refused:
            self.stale = True
            raise
        shown = self.last if self.stale and self.last is not None else vector
        self.last, self.stale = vector, False
        return shown


@fault("second-answer-after-error")
class AnsweredTwice(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if answer.status > 399 and request.path.endswith("vectorize"):
            write(wire.render(answer, request))
        return super().send(request, answer, write)


@fault("refused-images-remembered-by-their-head")
class RefusedHeads(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        if image[:64] in self.known:
            raise Refused(400, "this image could not be read before")
        try:
            return super().image_vector(image)
        except Refused:
            self.known[image[:64]] = True
            raise


# Bad responses to client errors.


@fault("errors-in-a-list")
class ErrorsInList(Endpoint):
    """Reads all images; the error is a list if several cannot be read."""

    def image_vectors(self, images: list[bytes]) -> Matrix:
        errors = []
        for number, image in enumerate(images):
            try:
                self.image_vector(image)
            except Refused:
                errors.append(f"image {number} cannot be read")
        if len(errors) > 1:
            raise Refused(400, errors)  # type: ignore[arg-type]
        return super().image_vectors(images)


@fault("length-of-errors-in-letters")
class LettersCounted(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        body = json.dumps({"error": f"\u201c{message}\u201d"}, ensure_ascii=False)
        return Answer(status, body.encode(), JSON | {"Content-Length": str(len(body))})

    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if answer.status < 400:
            return super().send(request, answer, write)
        write(wire.head(answer, {}) + answer.body)
        return wire.keeps_open(request, answer)


@fault("truncated-accepted")
class TruncatedAccepted(Endpoint):
    starts: tuple[bytes, ...] = (b"",)
    """The first bytes of the files that are accepted although they are truncated."""

    def opened_vector(self, image: bytes) -> Matrix:
        with self.lock:
            ImageFile.LOAD_TRUNCATED_IMAGES = image.startswith(self.starts)
            try:
                return super().opened_vector(image)
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False


@fault("truncated-gif-accepted")
class TruncatedGifAccepted(TruncatedAccepted):
    starts = b"GIF", b"BM"


@fault("data-uri-white")
class DataUriWhite(BadImageWhite):
    def image_vector(self, image: bytes) -> Matrix:
        is_uri = image.startswith(b"data:")
        return super().image_vector(b"") if is_uri else Endpoint.image_vector(self, image)

    def decode(self, image: str) -> bytes:
        return b"data:" if image.startswith("data:") else Endpoint.decode(self, image)


class Validated(Endpoint):
    """Answers failures whose message contains `told` with 422 and a `detail`, as FastAPI does."""

    told = ""

    def failure(self, status: int, message: str) -> Answer:
        if self.told not in message:
            return super().failure(status, message)
        return in_json(422, {"detail": [{"msg": message}]})


validated = variants(Validated, "told")
validated("bad-json-422", "not JSON")
validated("wrong-types-422", "list of strings")


@fault("bad-json-html")
class BadJsonHtml(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "not JSON" in message:
            return Answer(400, b"<title>400 Bad Request</title>", HTML)
        return super().failure(status, message)


@fault("bad-json-is-empty")
class BadJsonEmpty(Endpoint):
    def load(self, body: bytes) -> Any:
        try:
            return super().load(body)
        except Refused:
            return {}


given_value = inputs("parse")


@given_value("string-is-a-list")
def listed(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("texts"), str):
        return {**value, "texts": list(value["texts"])}
    return value


@given_value("wrong-types-dropped")
def without_wrong_types(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    lists = {key: items for key, items in value.items() if isinstance(items, list)}
    return {key: [each for each in lists[key] if isinstance(each, str)] for key in lists}


@given_value("texts-after-images-dropped")
def up_to_images(value: Any) -> Any:
    if isinstance(value, dict) and next(iter(value), "") == "images":
        return {"images": value["images"]}
    return value


@fault("non-ascii-base64-500")
class NonAsciiBase64(Endpoint):
    def decode(self, image: str) -> bytes:
        return super().decode(image.encode("ascii").decode())


@fault("empty-image-is-zeros")
class EmptyImageZeros(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        return super().image_vector(image) if image else np.zeros(self.encoder.width, np.float32)


@fault("two-fail-after-oversized")
class FailsAfterOversized(Endpoint):
    left = 0

    def vectorize(self, request: Request) -> Answer:
        if len(request.body) > 20 * 2**20:
            self.left = 2
            raise Refused(413, "at most 20 MiB")
        self.left -= 1
        if self.left >= 0:
            raise Refused(500, "the stream was not read to its end")
        return super().vectorize(request)
