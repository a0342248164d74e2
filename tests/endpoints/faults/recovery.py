"""Partial answers, and endpoints that do not get over a failure."""

import numpy as np
from PIL import Image

from tests.endpoints import wire
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused, Write
from tests.endpoints.faults.errors import BAD
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


class Lenient(Endpoint):
    """An image that cannot be read is replaced by `instead`."""

    def decode(self, image: str) -> bytes:
        """The file, or nothing where it is not base64."""
        try:
            return super().decode(image)
        except Refused:
            return b""


@fault("bad-image-zero", "a bad image gets a vector of zeros", *BAD, "ERR-03")
class BadImageZero(Lenient):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            return np.zeros(self.encoder.width, dtype=np.float32)


@fault("bad-image-white", "a bad image is replaced by a white one", *BAD, "ERR-03")
class BadImageWhite(Lenient):
    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            return self.encoder.picture(Image.new("RGB", (64, 64), "white"))


@fault("bad-image-skipped", "bad images are left out of a 200 answer", *BAD, "ERR-03")
class BadImageSkipped(Lenient):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        try:
            return super().image_vectors(images)
        except Refused:
            kept = [image for image in images if self.readable(image)]
            return super().image_vectors(kept)

    def readable(self, image: bytes) -> bool:
        """Whether an image can be encoded."""
        try:
            self.image_vector(image)
        except Refused:
            return False
        return True


@fault("bad-image-drops-images", "one bad image and only the texts are answered", *BAD, "ERR-03")
class BadImageDropsImages(Lenient):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        try:
            return super().image_vectors(images)
        except Refused:
            return super().image_vectors([])


@fault(
    "partial-when-several",
    "several images: bad ones are left out; one alone is refused",
    "ERR-03",
)
class PartialWhenSeveral(BadImageSkipped):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        several = len(images) > 1
        return super().image_vectors(images) if several else Endpoint.image_vectors(self, images)


@fault("bad-image-only-texts-kept", "a bad image beside texts: 200 with the texts alone", "ERR-03")
class TextsKept(BadImageDropsImages):
    def body(self, asked: Asked) -> Body:
        if not asked.texts:
            Endpoint.image_vectors(self, asked.images)
        return super().body(asked)


@fault("sticky-failure", "after a bad image every later image fails", "ERR-04")
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
    "the lock is not released when an image fails",
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
    "after an error the next image gets the vector before it",
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


@fault(
    "second-answer-after-error",
    "an error is answered twice: the next request gets the rest",
    "ERR-04",
    "OPS-05",
)
class AnsweredTwice(Endpoint):
    def send(self, request: Request, answer: Answer, write: Write) -> bool:
        if answer.status > 399 and request.path.endswith("vectorize"):
            write(wire.render(answer, request))
        return super().send(request, answer, write)
