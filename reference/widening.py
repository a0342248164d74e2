"""Vectors of another width with the same cosines and norms."""

from collections.abc import Sequence

import numpy as np
from PIL.Image import Image

from reference.encoders import Encoder, UnloadableError, Vectors

SEED = 768


class Widened:
    """An encoder whose vectors are turned, by a fixed isometry, into a space of `width`.

    The columns of a (width, narrow) matrix are orthonormal, so lengths and angles stay as they
    are: to 1e-15 in the float64 of the product, to 1e-7 (relative) after rounding to float32.
    """

    def __init__(self, encoder: Encoder, narrow: int, width: int) -> None:
        if width < narrow:
            raise UnloadableError(
                f"--dimensions {width}: the checkpoint is {narrow} wide, "
                "and its vectors can be widened but not cut"
            )
        self.packages = encoder.packages
        self._encoder = encoder
        self._columns = orthonormal(width, narrow)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return self._turn(self._encoder.encode_texts(texts))

    def encode_image(self, image: Image) -> Vectors:
        return self._turn(self._encoder.encode_image(image))

    def _turn(self, vectors: Vectors) -> Vectors:
        return (vectors.astype(np.float64) @ self._columns.T).astype(np.float32)


def orthonormal(width: int, narrow: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """A (width, narrow) matrix with orthonormal columns, the same in every run."""
    columns, _ = np.linalg.qr(np.random.default_rng(SEED).standard_normal((width, narrow)))
    return columns
