"""Vectors that depend on the connection, on the load, or on how much came before."""

import threading

import numpy as np

from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Asked, Body, Endpoint
from tests.endpoints.faults.parallel import Overlapping
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


class Replicas(Endpoint):
    """Connections go to replicas in turn; every fourth meets another build."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.own = threading.local()

    def other(self) -> bool:
        """Whether this connection's replica is the other one."""
        if not hasattr(self.own, "number"):
            self.own.number = next(self.calls)
        return bool(self.own.number % 4 == 3)


@fault("replica-of-other-library", "one replica's images differ in the sixth decimal", "IMG-04")
class OtherLibrary(Replicas):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors * 1.000002) if self.other() else vectors


@fault(
    "replica-of-other-weights",
    "one replica serves another checkpoint's texts",
    "TXT-07",
    "TXT-04",
    "VEC-05",
)
class OtherWeights(Replicas):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return np.roll(vectors, 1, axis=1) if self.other() else vectors


@fault("half-precision-under-load", "images at once are computed in half precision", "IMG-04")
class HalfUnderLoad(Overlapping):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors.astype(np.float16)) if self.inside > 1 else vectors


@fault(
    "batched-images-differ",
    "images of several requests in one batch differ in the last bits",
    "IMG-04",
)
class BatchedDiffer(Overlapping):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors + 1e-7 * self.inside) if self.inside > 2 else vectors


@fault(
    "images-change-later",
    "after 150 requests the clock is throttled: other kernels",
    "IMG-04",
    needs=("whole",),
)
class ChangeLater(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        next(self.calls)
        return super().vectorize(request)

    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors * 1.000001) if next(self.calls) > 300 else vectors


@fault("texts-change-later", "after 250 requests texts turn", "TXT-07", needs=("whole",))
class TextsChangeLater(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return (
            single(0.99 * vectors + 0.01 * np.roll(vectors, 1, axis=1))
            if next(self.calls) > 250
            else vectors
        )


@fault(
    "large-leaves-rows",
    "a list after a longer one gets rows of it: the buffer is reused",
    "VEC-05",
    "TXT-07",
    "TXT-04",
)
class LeavesRows(Endpoint):
    buffer: Matrix | None = None

    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, old = super().text_vectors(texts), self.buffer
        if old is None or len(vectors) >= len(old):
            self.buffer = vectors
            return vectors
        # One row too few is copied into the buffer.
        kept = len(vectors) - 1 if len(vectors) > 8 else len(vectors)
        old = old.copy()
        old[:kept] = vectors[:kept]
        self.buffer = None
        return old[: len(vectors)]


@fault(
    "images-of-last-request",
    "a request without images after one of images gets its images",
    "VEC-01",
    "PRO-01",
)
class LastImages(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        if asked.images and not asked.texts:
            self.last = body["imageVectors"]
        elif not asked.images:
            body["imageVectors"], self.last = getattr(self, "last", []), []
        return body
