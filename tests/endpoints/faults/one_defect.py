"""One thing is wrong, and much depends on it: what a report has to tell as one finding."""

import time

import numpy as np

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Asked, Body, Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

LONG = 60.0
"""Seconds: longer than any caller here waits."""


@fault("refuses-eight-texts", "a batch of exactly eight texts is a 500", "VEC-01")
class RefusesEightTexts(Endpoint):
    def body(self, asked: Asked) -> Body:
        if len(asked.texts) == 8:
            raise Refused(500, "shape mismatch in the batch")
        return super().body(asked)


@fault("images-wider-than-texts", "images have 768 numbers and texts 512", "VEC-07")
class ImagesWiderThanTexts(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return np.pad(vectors, ((0, 0), (0, 256)), mode="wrap")


@fault("dies-of-a-truncated-image", "a truncated image kills the process", "ERR-04")
class DiesOfATruncatedImage(Endpoint):
    dead = False

    def image_vector(self, image: bytes) -> Matrix:
        try:
            return super().image_vector(image)
        except Refused:
            self.dead = self.dead or image.startswith((b"\x89PNG", b"\xff\xd8"))
            raise

    def answer(self, request: Request) -> Answer:
        if self.dead:
            raise ConnectionAbortedError
        return super().answer(request)


@fault(
    "image-thread-dies",
    "an image that cannot be read ends the thread that prepares images: all later ones hang",
    "ERR-04",
    options=("--endpoint-timeout", "4"),
)
class ImageThreadDies(Endpoint):
    dead = False

    def image_vector(self, image: bytes) -> Matrix:
        if self.dead:
            time.sleep(LONG)
        try:
            return super().image_vector(image)
        except Refused:
            self.dead = True
            raise
