"""Different vectors that are still correct for the model."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Body, Endpoint
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


class Noise(Endpoint):
    """Vectors vary with the number of items of their kind in the request."""

    apart = 0.0

    def text_vectors(self, texts: list[str]) -> Matrix:
        return self.noisy(super().text_vectors(texts), self.seed(texts))

    def image_vectors(self, images: list[bytes]) -> Matrix:
        return self.noisy(super().image_vectors(images), self.seed(images))

    def seed(self, items: Sequence[Any]) -> int:
        return len(items)

    def noisy(self, vectors: Matrix, seed: int) -> Matrix:
        """Noise of a relative length of about `apart` between two seeds."""
        noise = np.random.default_rng(seed).normal(0, 1, vectors.shape)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True) / vectors.shape[1] ** 0.5
        return single(vectors + noise * lengths * self.apart / 2**0.5)


@legal("noise-of-low-precision", "vectors differ by 0.03 depending on the number of items")
class LowPrecision(Noise):
    apart = 0.03


@legal("noise-that-is-said", "vectors differ by 0.03 alongside other items; /meta says bfloat16")
class SaidPrecision(Noise):
    apart = 0.03

    def description(self) -> Body:
        return super().description() | {"dtype": "bfloat16"}

    def seed(self, items: Sequence[Any]) -> int:
        return crc32(repr(items).encode())
