"""Vectors that differ between calls."""

import threading
import time
from dataclasses import replace

import numpy as np
from PIL import Image

from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import JSON, Asked, Body, Endpoint, Refused
from tests.endpoints.faults.batches import drifted, mean
from tests.endpoints.faults.load import Overlapping
from tests.endpoints.legal.vectors import SaidPrecision
from tests.endpoints.registry import fault, inputs, numbered, outputs, variants
from tests.endpoints.wire import Answer, Request

# Image vectors that differ between calls, or depend on other images.

returned_images = outputs("image_vectors")
returned_images(
    "noise-in-images",
    lambda vectors: single(vectors + np.random.default_rng().normal(0, 2e-6, vectors.shape)),
)
returned_images(
    "images-depend-on-batch",
    lambda vectors: vectors - 0.2 * mean(vectors) if len(vectors) > 1 else vectors,
)
numbered("image_vectors")("images-drift", lambda vectors, number: drifted(vectors, 0.001 * number))
variants(SaidPrecision, "apart")("noise-beyond-low-precision", 0.1)


@inputs("picture_vector")("random-crop")
def cropped(picture: Image.Image) -> Image.Image:
    x, y = (np.random.default_rng().random(2) * 0.2 * np.array(picture.size)).astype(int)
    width, height = (max(1, int(0.8 * side)) for side in picture.size)
    return picture.crop((int(x), int(y), int(x) + width, int(y) + height))


@fault("images-padded-to-largest")
class ImagesPadded(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        sizes = np.array([len(image) for image in images], dtype=np.float32)[:, None]
        return single(vectors * (sizes / sizes.max()) if len(images) > 1 else vectors)


@fault("little-leaks-from-companions")
class LittleLeaks(SaidPrecision):
    def description(self) -> Body:
        return Endpoint.description(self)


# Vectors that depend on the connection, the load, or the number of earlier requests.


class Replicas(Endpoint):
    """Distributes connections among replicas, one in four of which is a different build."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.own = threading.local()

    def other(self) -> bool:
        if not hasattr(self.own, "number"):
            self.own.number = next(self.calls)
        return bool(self.own.number % 4 == 3)


@fault("replica-of-other-library")
class OtherLibrary(Replicas):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors * 1.000002) if self.other() else vectors


@fault("replica-of-other-weights")
class OtherWeights(Replicas):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        return np.roll(vectors, 1, axis=1) if self.other() else vectors


@fault("half-precision-under-load")
class HalfUnderLoad(Overlapping):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors.astype(np.float16)) if self.inside > 1 else vectors


@fault("batched-images-differ")
class BatchedDiffer(Overlapping):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors + 1e-7 * self.inside) if self.inside > 2 else vectors


@fault("images-change-later", needs=("whole",))
class ChangeLater(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        next(self.calls)
        return super().vectorize(request)

    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors * 1.000001) if next(self.calls) > 300 else vectors


numbered_texts = numbered("text_vectors")
numbered_texts(
    "texts-change-later",
    lambda vectors, number: (
        single(0.99 * vectors + 0.01 * np.roll(vectors, 1, axis=1)) if number > 250 else vectors
    ),
    needs=("whole",),
)
numbered_texts(
    "every-50th-text-wrong",
    lambda vectors, number: np.roll(vectors, 5, axis=1) if number % 50 == 0 else vectors,
)


@fault("large-leaves-rows")
class LeavesRows(Endpoint):
    buffer: Matrix | None = None

    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors, old = super().text_vectors(texts), self.buffer
        if old is None or len(vectors) >= len(old):
            self.buffer = vectors
            return vectors
        # One row too few is copied into the buffer if there are more than eight.
        kept = len(vectors) - 1 if len(vectors) > 8 else len(vectors)
        old = old.copy()
        old[:kept] = vectors[:kept]
        self.buffer = None
        return old[: len(vectors)]


@fault("images-of-last-request")
class LastImages(Endpoint):
    def body(self, asked: Asked) -> Body:
        body = super().body(asked)
        if asked.images and not asked.texts:
            self.last = body["imageVectors"]
        elif not asked.images:
            body["imageVectors"], self.last = getattr(self, "last", []), []
        return body


# Endpoints that fail now and then, after a number of requests, or after a number of errors.


@fault("circuit-breaker")
class Tripping(Endpoint):
    most = 5
    errors = 0
    closed = 0

    def vectorize(self, request: Request) -> Answer:
        if self.closed > 0:
            self.closed -= 1
            raise Refused(503, "the circuit is open")
        try:
            answer = super().vectorize(request)
        except Refused:
            self.errors += 1
            if self.errors >= self.most:
                self.errors, self.closed = 0, 4
            raise
        self.errors = 0
        return answer


@fault("errors-leak")
class ErrorsLeak(Endpoint):
    left = 24

    def vectorize(self, request: Request) -> Answer:
        if self.left < 1:
            raise Refused(500, "no buffer left")
        try:
            return super().vectorize(request)
        except Refused:
            self.left -= 1
            raise


@fault("not-ready-after-errors")
class NotReadyAfterErrors(Endpoint):
    broken = False

    def vectorize(self, request: Request) -> Answer:
        try:
            return super().vectorize(request)
        except Refused:
            self.broken = True
            raise

    def ready(self, request: Request) -> Answer:
        return Answer(503) if self.broken else super().ready(request)


@fault("cold-start", endpoint_timeout=3)
class ColdStart(Endpoint):
    def vectorize(self, request: Request) -> Answer:
        time.sleep(6 if next(self.calls) == 1 else 0)
        return super().vectorize(request)


@fault("cold-images", endpoint_timeout=3)
class ColdImages(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        time.sleep(6 if images and next(self.calls) == 1 else 0)
        return super().image_vectors(images)


@fault("responses-by-length-of-request")
class ResponsesByLength(Endpoint):
    known: dict[int, Answer]

    def vectorize(self, request: Request) -> Answer:
        key = len(request.body)
        if key not in self.known:
            self.known[key] = super().vectorize(request)
        return replace(self.known[key], headers=dict(JSON))
