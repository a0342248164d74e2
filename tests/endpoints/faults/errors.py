"""Failures that Weaviate cannot show, or takes for success."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import time
import traceback
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from tests.endpoints import wire
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import JSON, Asked, Body, Endpoint, Refused, Write
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

BAD = ("ERR-01", "ERR-02")


class Failing(Endpoint):
    """Every failure answers with `status` and the object `told(message)`."""

    def told(self, message: str) -> Any:
        """To be replaced."""
        return {"error": message}

    def failure(self, status: int, message: str) -> Answer:
        """The answer to a failed request."""
        return Answer(status, self.dump(self.told(message)), dict(JSON))


@fault("error-missing", "failures have a status and {}", *BAD)
class ErrorMissing(Failing):
    def told(self, message: str) -> Any:
        return {}


@fault("error-in-detail", "the framework's default: {'detail': ...}", *BAD)
class ErrorInDetail(Failing):
    def told(self, message: str) -> Any:
        return {"detail": message}


@fault("error-empty", "error is an empty string", *BAD)
class ErrorEmpty(Failing):
    def told(self, message: str) -> Any:
        return {"error": ""}


@fault("error-blank", "error is a line break: str() of an exception without a message", *BAD)
class ErrorBlank(Failing):
    def told(self, message: str) -> Any:
        return {"error": "\n"}


@fault("error-null", "error is null", *BAD)
class ErrorNull(Failing):
    def told(self, message: str) -> Any:
        return {"error": None}


@fault("error-object", "error is an object with code and message", *BAD)
class ErrorObject(Failing):
    def told(self, message: str) -> Any:
        return {"error": {"code": "bad_image", "message": message}}


@fault("error-list", "error is a list of messages", *BAD)
class ErrorList(Failing):
    def told(self, message: str) -> Any:
        return {"error": [message]}


@fault("error-true", "error is true, the text stands beside it", *BAD)
class ErrorTrue(Failing):
    def told(self, message: str) -> Any:
        return {"error": True, "message": message}


@fault("error-is-the-body", "the body of a failure is the message as a JSON string", *BAD)
class ErrorIsBody(Failing):
    def told(self, message: str) -> Any:
        return message


@fault("error-html", "failures are pages of the web server", *BAD)
class ErrorHtml(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        page = f"<html><body><h1>{status}</h1>{message}</body></html>"
        return Answer(status, page.encode(), {"Content-Type": "text/html"})


@fault("error-plain-text", "failures are plain text", *BAD)
class ErrorPlain(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(status, message.encode(), {"Content-Type": "text/plain"})


@fault("error-without-body", "failures have a status and nothing else", *BAD)
class ErrorWithoutBody(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(status)


@fault(
    "error-in-latin-1", "the message is cut inside a letter, so the body is not UTF-8 JSON", *BAD
)
class ErrorCut(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(status, b'{"error": "' + message.encode() + b"\xc3", dict(JSON))


@fault("failure-200", "failures are 200 with an error", *BAD)
class Failure200(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(200, message)


@fault("failure-200-with-empty-lists", "failures are 200 with no vectors", *BAD, "ERR-03")
class Failure200Empty(Failing):
    def failure(self, status: int, message: str) -> Answer:
        empty = {"textVectors": [], "imageVectors": [], "error": message}
        return Answer(200, self.dump(empty), dict(JSON))


@fault("failure-302", "failures redirect to a page that explains them", *BAD)
class Failure302(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(302, self.dump({"error": message}), {**JSON, "Location": "/help"})


@fault("failure-204", "failures are 204", *BAD)
class Failure204(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return Answer(204)


@fault("failure-closes", "a bad picture takes the worker down: no answer", *BAD)
class FailureCloses(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        return answer.status < 400 and super().send(request, answer, write)


@fault(
    "failure-hangs", "a bad picture is never answered", *BAD, options=("--endpoint-timeout", "2")
)
class FailureHangs(Endpoint):
    def decode(self, image: str) -> bytes:
        try:
            return super().decode(image)
        except Refused:
            time.sleep(6)
            raise


class Lenient(Endpoint):
    """A picture that cannot be read is replaced by `instead`."""

    def decode(self, image: str) -> bytes:
        """The file, or nothing where it is not base64."""
        try:
            return super().decode(image)
        except Refused:
            return b""


@fault("bad-image-zero", "a bad picture gets a vector of zeros", *BAD, "ERR-03")
class BadImageZero(Lenient):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            return np.zeros(self.encoder.width, dtype=np.float32)


@fault("bad-image-white", "a bad picture is replaced by a white one", *BAD, "ERR-03")
class BadImageWhite(Lenient):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            return self.encoder.picture(Image.new("RGB", (64, 64), "white"))


@fault("bad-image-skipped", "bad pictures are left out of a 200 answer", *BAD, "ERR-03")
class BadImageSkipped(Lenient):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        try:
            return super().image_vectors(images)
        except Refused:
            kept = [image for image in images if self.readable(image)]
            return super().image_vectors(kept)

    def readable(self, image: bytes) -> bool:
        """Whether a picture can be encoded."""
        try:
            self.image_vector(image)
        except Refused:
            return False
        return True


@fault("bad-image-drops-images", "one bad picture and only the texts are answered", *BAD, "ERR-03")
class BadImageDropsImages(Lenient):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        try:
            return super().image_vectors(images)
        except Refused:
            return super().image_vectors([])


@fault(
    "partial-when-several",
    "several pictures: bad ones are left out; one alone is refused",
    "ERR-03",
)
class PartialWhenSeveral(BadImageSkipped):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        several = len(images) > 1
        return super().image_vectors(images) if several else Endpoint.image_vectors(self, images)


@fault(
    "bad-image-only-texts-kept", "a bad picture beside texts: 200 with the texts alone", "ERR-03"
)
class TextsKept(BadImageDropsImages):
    def body(self, asked: Asked) -> Body:
        if not asked.texts:
            Endpoint.image_vectors(self, asked.images)
        return super().body(asked)


@fault("sticky-failure", "after a bad picture every later picture fails", "ERR-04")
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


@fault("next-request-fails", "after a refused request the next one fails as well", "ERR-04")
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


@fault(
    "lock-never-released",
    "the lock is not released when a picture fails",
    "ERR-04",
    options=("--endpoint-timeout", "2"),
)
class LockKept(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        if not self.lock.acquire(timeout=20):
            raise Refused(503, "the lock is held")
        vectors = super().image_vectors(images)
        self.lock.release()
        return vectors


@fault(
    "stale-vector-after-error",
    "after an error the next picture gets the vector before it",
    "ERR-04",
)
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


@fault("truncated-accepted", "a truncated picture is filled with grey", "ERR-05")
class TruncatedAccepted(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        with self.lock:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                return super().image_vector(image)
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False


@fault("data-uri-white", "a data: URI gives the vector of a white picture", "ERR-06")
class DataUriWhite(BadImageWhite):
    def image_vector(self, image: bytes) -> Matrix:
        return super().image_vector(image) if not image else Endpoint.image_vector(self, image)

    def decode(self, image: str) -> bytes:
        return b"" if image.startswith("data:") else Endpoint.decode(self, image)


@fault("bad-json-is-empty", "a body that is not JSON counts as {}: 200", "ERR-07")
class BadJsonEmpty(Endpoint):
    def load(self, body: bytes) -> Any:
        try:
            return super().load(body)
        except Refused:
            return {}


@fault("bad-json-html", "a body that is not JSON gets the framework's page", "ERR-07")
class BadJsonHtml(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "not JSON" in message:
            return Answer(400, b"<title>400 Bad Request</title>", {"Content-Type": "text/html"})
        return super().failure(status, message)


@fault("bad-json-422", "a body that is not JSON gets 422 and a list of details", "ERR-07")
class BadJson422(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "not JSON" in message:
            return Answer(422, self.dump({"detail": [{"msg": message}]}), dict(JSON))
        return super().failure(status, message)


@fault("string-is-a-list", "a string where a list belongs becomes one vector a letter", "ERR-08")
class StringIsList(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict) and isinstance(value.get("texts"), str):
            value = {**value, "texts": list(value["texts"])}
        return super().parse(value)


@fault("wrong-types-422", "wrong types get 422 and a list of details", "ERR-08")
class WrongTypes422(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        if "list of strings" in message:
            return Answer(422, self.dump({"detail": [{"msg": message}]}), dict(JSON))
        return super().failure(status, message)


@fault("wrong-types-dropped", "items that are no strings are dropped", "ERR-08", "ERR-03")
class WrongTypesDropped(Endpoint):
    def parse(self, value: Any) -> Asked:
        if isinstance(value, dict):
            value = {key: self.kept(item) for key, item in value.items()}
        return super().parse(value)

    def kept(self, item: Any) -> Any:
        """The strings of a list; anything else counts as no list."""
        return [one for one in item if isinstance(one, str)] if isinstance(item, list) else None


@fault("always-500", "every mistake of the caller is a 500", "ERR-09")
class Always500(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(500 if status == 400 else status, message)


@fault("traceback-in-error", "the traceback is the error", "ERR-10")
class TracebackInError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, traceback.format_exc() or message)


@fault("address-in-error", "the error shows an object's address", "ERR-10")
class AddressInError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        told = "cannot identify image file <_io.BytesIO object at 0x7f3a5c1d2e90>"
        return super().failure(status, told)


@fault("path-in-error", "the error names files of the server", "ERR-10")
class PathInError(Endpoint):
    def failure(self, status: int, message: str) -> Answer:
        return super().failure(status, f"{message} (/app/src/server/images.py line 31)")


@fault(
    "second-answer-after-error",
    "an error is answered twice: the next request gets the rest",
    "ERR-04",
)
class AnsweredTwice(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if answer.status > 399 and request.path.endswith("vectorize"):
            write(wire.render(answer, request))
        return super().send(request, answer, write)
