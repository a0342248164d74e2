"""Different vectors that are still correct for the model."""

from typing import Any

import numpy as np

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import legal


class Rows(Endpoint):
    """Sends all vectors through `turn`."""

    def text_vectors(self, texts: list[str]) -> Matrix:
        return self.turn(super().text_vectors(texts))

    def image_vectors(self, images: list[bytes]) -> Matrix:
        return self.turn(super().image_vectors(images))

    def turn(self, vectors: Matrix) -> Matrix:
        return vectors


@legal("unnormalised", "vectors are not of unit length")
class Unnormalised(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return super().turn(vectors * np.float32(11.3))


@legal("norms-vary", "vectors have varying lengths")
class NormsVary(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return super().turn(single(vectors * (8 + 20 * np.abs(vectors[:, :1]))))


@legal("texts-longer-than-images", "text vectors are longer than image vectors")
class TextsLonger(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        return super().text_vectors(texts) * np.float32(3)


@legal("float16", "vectors are rounded to float16")
class Float16(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return super().turn(vectors.astype(np.float16).astype(np.float32))


@legal("bfloat16", "vectors are rounded to bfloat16")
class BFloat16(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        bits = np.ascontiguousarray(vectors).view(np.uint32) + np.uint32(0x8000)
        return super().turn((bits & np.uint32(0xFFFF0000)).view(np.float32))


@legal("eight-bit", "vectors are integers from -127 to 127")
class EightBit(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
        return super().turn(single(np.round(vectors / largest * 127)))

    def rows(self, vectors: Matrix) -> Any:
        return super().rows(vectors.astype(int))


@legal("six-decimals", "vectors are rounded to six decimals")
class SixDecimals(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        return super().turn(np.round(vectors, 6))


@legal("text-noise", "text vectors vary by 1e-6 with the batch")
class TextNoise(Endpoint):
    def text_vectors(self, texts: list[str]) -> Matrix:
        vectors = super().text_vectors(texts)
        noise = np.random.default_rng(next(self.calls)).normal(0, 1e-6, vectors.shape)
        return single(vectors + noise)


@legal("image-noise-in-batches", "image vectors vary by 1e-6 with the batch")
class BatchNoise(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        noise = np.random.default_rng(len(images)).normal(0, 1e-6, vectors.shape)
        return vectors if len(images) == 1 else single(vectors + noise)
