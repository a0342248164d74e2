"""Vectors that differ from the usual ones but are still correct for the model."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np

from tests.endpoints.encoder import Matrix, single
from tests.endpoints.endpoint import Body, Endpoint
from tests.endpoints.registry import inputs, legal, numbered, outputs


class Rows(Endpoint):
    """Sends all vectors through `turn`."""

    def text_vectors(self, texts: list[str]) -> Matrix:
        return self.turn(super().text_vectors(texts))

    def image_vectors(self, images: list[bytes]) -> Matrix:
        return self.turn(super().image_vectors(images))

    def turn(self, vectors: Matrix) -> Matrix:
        return vectors


turned = inputs("turn", Rows)
turned("unnormalised", lambda vectors: vectors * np.float32(11.3))
turned("norms-vary", lambda vectors: single(vectors * (8 + 20 * np.abs(vectors[:, :1]))))
turned("float16", lambda vectors: single(vectors.astype(np.float16)))
turned("six-decimals", lambda vectors: np.round(vectors, 6))


@turned("bfloat16")
def as_bfloat16(vectors: Matrix) -> Matrix:
    bits = np.ascontiguousarray(vectors).view(np.uint32) + np.uint32(0x8000)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32)


@legal("eight-bit")
class EightBit(Rows):
    def turn(self, vectors: Matrix) -> Matrix:
        largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
        return super().turn(single(np.round(vectors / largest * 127)))

    def rows(self, vectors: Matrix) -> Any:
        return super().rows(vectors.astype(int))


outputs("text_vectors")("texts-longer-than-images", lambda vectors: vectors * np.float32(3))


@numbered("text_vectors")("text-noise")
def noisy(vectors: Matrix, seed: int) -> Matrix:
    return single(vectors + np.random.default_rng(seed).normal(0, 1e-6, vectors.shape))


outputs("image_vectors")(
    "image-noise-in-batches",
    lambda vectors: vectors if len(vectors) == 1 else noisy(vectors, len(vectors)),
)


class Noise(Endpoint):
    """Vectors vary with the number of items of their kind in the request."""

    apart = 0.03

    def text_vectors(self, texts: list[str]) -> Matrix:
        return self.noisy(super().text_vectors(texts), self.seed(texts))

    def image_vectors(self, images: list[bytes]) -> Matrix:
        return self.noisy(super().image_vectors(images), self.seed(images))

    def seed(self, items: Sequence[Any]) -> int:
        return len(items)

    def noisy(self, vectors: Matrix, seed: int) -> Matrix:
        """The vectors with noise: with two seeds, they have a relative distance of about
        `apart`."""
        noise = np.random.default_rng(seed).normal(0, 1, vectors.shape)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True) / vectors.shape[1] ** 0.5
        return single(vectors + noise * lengths * self.apart / 2**0.5)


legal("noise-of-low-precision")(Noise)


@legal("noise-that-is-said")
class SaidPrecision(Noise):
    def description(self) -> Body:
        return super().description() | {"dtype": "bfloat16"}

    def seed(self, items: Sequence[Any]) -> int:
        return crc32(repr(items).encode())
