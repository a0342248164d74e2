"""With stand-ins, the reference encoder computes the vectors that the documented usage produces."""

import base64
import io
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image

from conformance.data import models
from lab.exactness import documented
from lab.exactness.documented.usage import Usage
from reference import images
from reference.inputs import Vectors
from tests.reference.conftest import STAND_INS, Checkpoint, Find, png
from tests.reference.test_images import in_mode

MIXED = ["a red circle", "", "a photo of a blue square " * 40, "赤い丸", "ein rotes Quadrat"]
MODES = ["RGB", "RGBA", "L", "LA", "1", "P", "I;16", "I", "F", "CMYK"]


@pytest.fixture(scope="session")
def usage(checkpoint: Checkpoint) -> Callable[[str], Usage]:
    """The documented usage of a library, on the same checkpoint as the reference's encoder."""
    return cache(lambda key: documented.usage(models.find(STAND_INS[key]), checkpoint(key)))


def assert_same(ours: Vectors, theirs: Vectors) -> None:
    """Check that the cosine is at least 0.99999 and the norms are equal; padding causes
    differences."""
    norms = np.linalg.norm(ours, axis=1), np.linalg.norm(theirs, axis=1)
    assert ours.dtype == np.float32
    assert ((ours * theirs).sum(axis=1) / norms[0] / norms[1]).min() >= 0.99999
    assert norms[0] == pytest.approx(norms[1], rel=1e-5)


def assert_equal(ours: Vectors, theirs: Vectors) -> None:
    """Check that vectors are equal except for rounding in the last division, since inputs are
    identical."""
    assert np.linalg.norm(ours - theirs) <= 1e-6 * np.linalg.norm(theirs)


@pytest.mark.parametrize("name", STAND_INS)
def test_texts(name: str, model: Find, usage: Callable[[str], Usage]) -> None:
    right = np.stack([usage(name).text(text) for text in MIXED])
    assert_same(model(name).encode_texts(MIXED), right)
    for text, row in zip(MIXED, right, strict=True):
        assert_same(model(name).encode_texts([text]), row[None])


@pytest.mark.parametrize("name", STAND_INS)
@pytest.mark.parametrize("mode", MODES)
def test_every_image_mode(
    name: str, mode: str, model: Find, usage: Callable[[str], Usage], photograph: Image.Image
) -> None:
    image = in_mode(photograph, mode)
    if mode in ("RGBA", "LA"):
        image.putalpha(photograph.convert("L"))
    read = images.read(png(image, "TIFF"), "images[0]", 10**6)
    assert read.mode == mode
    assert_equal(model(name).encode_image(read), usage(name).image(image))


@pytest.mark.parametrize("mode", ["P", "1", "RGBA", "LA"])
def test_open_clip_resizes_before_it_converts(
    mode: str, model: Find, photograph: Image.Image
) -> None:
    """For images in these modes, conversion to RGB before resizing would change the vector."""
    image = in_mode(photograph, mode)
    if "A" in mode:
        image.putalpha(photograph.convert("L").point(lambda value: value // 2))
    encode = model("open_clip").encode_image
    assert not np.array_equal(encode(image), encode(image.convert("RGB")))


@pytest.mark.parametrize("name", STAND_INS)
@pytest.mark.filterwarnings("ignore:Palette images with Transparency")
def test_a_palette_with_transparency(
    name: str, model: Find, usage: Callable[[str], Usage], photograph: Image.Image
) -> None:
    """Pillow's warning is suppressed, and the vector is that of the documented usage."""
    file = png(photograph.convert("P"), transparency=bytes(range(0, 250, 2)))
    opened = Image.open(io.BytesIO(base64.b64decode(file)))
    read = images.read(file, "images[0]", 10**6)
    assert_equal(model(name).encode_image(read), usage(name).image(opened))


@pytest.mark.parametrize("name", STAND_INS)
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (4000, 10), (1411, 1411)])
def test_extreme_shapes(
    name: str, size: tuple[int, int], model: Find, usage: Callable[[str], Usage]
) -> None:
    image = Image.effect_noise(size, 90).convert("RGB")
    assert_same(model(name).encode_image(image)[None], usage(name).image(image)[None])
