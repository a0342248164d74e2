"""Widening keeps cosines and norms."""

import numpy as np
import pytest

from reference.encoders import UnloadableError
from reference.widening import Isometry, orthonormal


def test_columns_are_orthonormal_and_the_same_each_time() -> None:
    columns = orthonormal(768, 512)
    assert np.abs(columns.T @ columns - np.eye(512)).max() < 1e-14
    assert np.array_equal(columns, orthonormal(768, 512))


def test_angles_and_lengths_stay() -> None:
    before = np.random.default_rng(0).normal(0, 50, (4, 3)).astype(np.float32)
    after = Isometry(3, 10)(before)
    assert after.shape == (4, 10)
    # Relative to the squared lengths: rounding to float32 is 6e-8 a number.
    assert np.abs(after @ after.T - before @ before.T).max() < 1e-6 * (before**2).sum(1).max()


def test_a_row_is_the_same_to_the_last_bit_alone() -> None:
    rows = np.random.default_rng(1).normal(0, 1, (33, 512)).astype(np.float32)
    together = Isometry(512, 768)(rows)
    for row, wide in zip(rows, together, strict=True):
        assert np.array_equal(Isometry(512, 768)(row[None])[0], wide)


def test_narrower_is_refused() -> None:
    with pytest.raises(UnloadableError, match="3 wide, and its vectors can be widened but not cut"):
        Isometry(3, 2)
