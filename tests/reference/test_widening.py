"""Widening keeps cosines and norms."""

import numpy as np
import pytest
from PIL import Image

from reference.encoders import UnloadableError
from reference.widening import Widened, orthonormal
from tests.reference.conftest import MeanColour


def test_columns_are_orthonormal_and_the_same_each_time() -> None:
    columns = orthonormal(768, 512)
    assert np.abs(columns.T @ columns - np.eye(512)).max() < 1e-14
    assert np.array_equal(columns, orthonormal(768, 512))


def test_angles_between_texts_and_images_and_lengths_stay() -> None:
    narrow, wide = MeanColour(), Widened(MeanColour(), 3, 10)
    texts, image = ["a cat", "зима", ""], Image.new("RGB", (4, 4), (3, 90, 200))
    before = np.vstack([narrow.encode_texts(texts), narrow.encode_image(image)])
    after = np.vstack([wide.encode_texts(texts), wide.encode_image(image)])
    assert after.shape == (4, 10)
    # Relative to the squared lengths: rounding to float32 is 6e-8 a number.
    assert np.abs(after @ after.T - before @ before.T).max() < 1e-6 * (before**2).sum(1).max()


def test_narrower_is_refused() -> None:
    with pytest.raises(UnloadableError, match="3 wide, and its vectors can be widened but not cut"):
        Widened(MeanColour(), 3, 2)
