"""Vectors of another dimension with the same cosines and norms."""

import numpy as np
import numpy.typing as npt

from reference.encoders import UnloadableError

SEED = 768


class Isometry:
    """Turns vectors, by a fixed isometry, into a space of dimension `wide`.

    The columns of a (wide, narrow) matrix are orthonormal, so lengths and angles stay as they
    are: to 1e-15 in the float64 of the product, to 1e-7 (relative) after rounding to float32.
    """

    def __init__(self, narrow: int, wide: int) -> None:
        if wide < narrow:
            raise UnloadableError(
                f"--dimensions {wide}: the checkpoint is {narrow} wide, "
                "and its vectors can be widened but not cut"
            )
        self._columns = orthonormal(wide, narrow)

    def __call__(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """`vectors` of shape (..., narrow) as (..., wide)."""
        # Row by row: the product of a matrix may round a row differently than the row's own.
        rows = [self._columns @ row for row in vectors.astype(np.float64)]
        return np.asarray(rows, dtype=np.float32)


def orthonormal(wide: int, narrow: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """A (wide, narrow) matrix with orthonormal columns, the same in every run."""
    columns, _ = np.linalg.qr(np.random.default_rng(SEED).standard_normal((wide, narrow)))
    return columns
