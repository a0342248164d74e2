"""Images of many pixels and of many bytes, each with a small copy of what is seen of it."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import save
from conformance.corpus.image_sizes import brought_to_size

PHOTOGRAPHS: Final = {
    "JPEG of 4032 x 3024": (4032, 3024, 0),
    "JPEG of 3000 x 4000": (3000, 4000, 1),
    "progressive JPEG of 4000 x 2250": (4000, 2250, 2),
}
"""Width, height and scene: what phones send."""
SENSORS: Final = {
    "JPEG of 8160 x 6144": (8160, 6144, 3),
    "JPEG of 4284 x 5712": (4284, 5712, 0),
}
"""What phones can send: 50 and 24 megapixels."""
HEAVY: Final = {
    "PNG of 70 KB": (156, 1),
    "BMP of 300 KB": (320, 2),
    "PNG of 1.1 MB": (620, 3),
    "TIFF of 2.2 MB": (864, 4),
    "BMP of 4.4 MB": (1220, 5),
    "PNG of 8.5 MB": (1692, 6),
    "BMP of 12 MB": (2040, 7),
}
"""Side in pixels, a multiple of 4, and scene, of squares that are stored without compression."""


@dataclass(frozen=True)
class Large:
    """A file, what it is called, and a small PNG that shows the same to the model."""

    name: str
    file: bytes
    shown: bytes


@cache
def photograph(name: str, own: int, crops: bool) -> Large:
    """A JPEG of bands, which compress to a few hundred KB."""
    width, height, scene = {**PHOTOGRAPHS, **SENSORS}[name]
    # Still larger than what a model takes, so that its edges are as sharp once brought to size.
    small = scenes.bands(width // 4, height // 4, scene)
    image = Image.fromarray(scenes.bands(width, height, scene))
    file = save(image, "JPEG", quality=85, progressive=name.startswith("progressive"))
    return Large(name, file, brought_to_size(small, own, crops))


@cache
def heavy(name: str, own: int) -> Large:
    """A square of the scene, pixel by pixel."""
    side, scene = HEAVY[name]
    pixels = scenes.colour(side, side, scene=scene)
    shown = save(Image.fromarray(scenes.colour(own, own, scene=scene)), "PNG")
    return Large(name, _stored(pixels, name.split()[0]), shown)


def _stored(pixels: scenes.Pixels, kind: str) -> bytes:
    if kind == "PNG":
        return save(Image.fromarray(np.ascontiguousarray(pixels)), kind, compress_level=0)
    return save(Image.fromarray(pixels), kind)
