"""One file of a format axis, and what it shows."""

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from conformance.corpus.image_files import save
from conformance.corpus.image_scenes import Pixels

Demand = Literal["plain", "mode", "lossy", "ink", "clear", "first", "carried"]


@dataclass(frozen=True)
class Variant:
    """A file and the RGB PNG of the pixels that it holds.

    `demand` says what is known of its vector. "plain": RGB or 8-bit grey in the file, so that
    every library gives it the vector of its pixels. "mode": another mode, where that is so at the
    model's own size. "lossy": the pixels are those that Pillow decodes, others differ a little;
    "ink": the same in CMYK, which some convert by a profile. "clear": transparent pixels, white
    beneath. "first": one image of several. "carried": `pixels` is the bare file.
    """

    name: str
    file: bytes
    pixels: bytes
    demand: Demand = "plain"
    is_pair: bool = False
    """Whether it only pairs values that other variants have too: for runs that take their time."""


def png(pixels: Pixels) -> bytes:
    """A plain RGB PNG of grey values (h, w) or colours (h, w, 3)."""
    return save(Image.fromarray(pixels).convert("RGB"), "PNG")


def decoded(file: bytes) -> bytes:
    """A plain RGB PNG of what Pillow makes of a lossy file."""
    with Image.open(io.BytesIO(file)) as opened:
        return save(opened.convert("RGB"), "PNG")


def opaque(pixels: Pixels, depth: type[np.unsignedinteger] = np.uint8) -> Pixels:
    """Grey values (h, w) or colours (h, w, 3) with a channel of full opacity behind."""
    several = pixels if pixels.ndim == 3 else pixels[..., None]
    full = np.full((*several.shape[:2], 1), np.iinfo(depth).max, dtype=depth)
    return np.concatenate([several.astype(depth), full], axis=2)
