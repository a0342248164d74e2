"""Files with transparent pixels, in each format that has them.

What is transparent is white beneath: dropped, as some libraries do, or laid on white, as others do,
it is white.
"""

import struct
from typing import Any

import numpy as np
from PIL import Image

from conformance.corpus import bmp_files, png_files, tiff_files
from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import save
from conformance.corpus.image_scenes import Pixels
from conformance.corpus.image_variant import Variant, decoded, png
from conformance.corpus.png_files import GREY, GREY_ALPHA, PALETTE, RGBA, Layout

SHARE = 8
"""The transparent corner's side is this part of the image's."""


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size with a white corner."""
    clear = _clear(width, height)
    pixels, greys = scenes.colour(width, height), scenes.grey(width, height)
    pixels, greys = (np.where(_like(clear, each), np.uint8(255), each) for each in (pixels, greys))
    alpha = np.where(clear, 0, 255).astype(np.uint8)[..., None]
    both = np.concatenate([pixels, alpha], axis=2)
    half = np.concatenate([pixels, np.maximum(alpha, 128)], axis=2)
    shades = np.concatenate([greys[..., None], alpha], axis=2)
    index = np.where(clear, 16, scenes.indices(width, height, 16)).astype(np.uint8)
    in_colour = {
        "RGBA PNG": png_files.write(both, Layout(colour_type=RGBA)),
        "half-transparent RGBA PNG": png_files.write(half, Layout(colour_type=RGBA)),
        "interlaced RGBA PNG": png_files.write(both, Layout(colour_type=RGBA, interlaced=True)),
        "16-bit RGBA PNG": png_files.write(
            both.astype(np.uint16) * 257, Layout(colour_type=RGBA, depth=16)
        ),
        "RGB PNG": png_files.write(pixels, Layout(before=[_trns(255, 255, 255)])),
        "WebP": save(Image.fromarray(both), "WEBP", lossless=True, exact=True),
        "TIFF": tiff_files.write(both, tiff_files.Layout(alpha=True)),
        "BMP": bmp_files.write(both, _BMP),
        "GIF": save(_indexed(index), "GIF", transparency=16),
        "palette PNG": _palette_png(index),
        "palette PNG of steps": _palette_png(index, steps=True),
    }
    in_grey = {
        "grey PNG with alpha": png_files.write(shades, Layout(colour_type=GREY_ALPHA)),
        "grey PNG": png_files.write(greys, Layout(colour_type=GREY, before=[_trns(255)])),
    }
    lossy = save(Image.fromarray(both), "WEBP", quality=100, exact=True)
    shown = [
        (in_colour, png(pixels)),
        (in_grey, png(greys)),
        ({"lossy WebP": lossy}, decoded(lossy)),
    ]
    return [
        Variant(f"{name} with transparent pixels", file, plain, "clear")
        for files, plain in shown
        for name, file in files.items()
    ]


_BMP = bmp_files.Layout(bits=32, header=bmp_files.V5, compression=bmp_files.FIELDS, masks="BGRA")


def _clear(width: int, height: int) -> Any:
    clear = np.zeros((height, width), dtype=bool)
    clear[: max(1, height // SHARE), : max(1, width // SHARE)] = True
    return clear


def _like(clear: Any, pixels: Pixels) -> Any:
    return clear if pixels.ndim == 2 else clear[..., None]


def _trns(*values: int) -> png_files.Chunk:
    return b"tRNS", struct.pack(f">{len(values)}H", *values)


def _table() -> Pixels:
    """Sixteen colours and, in the place of the transparent one, white."""
    return np.concatenate([scenes.palette(16), np.full((1, 3), 255, dtype=np.uint8)])


def _palette_png(index: Pixels, steps: bool = False) -> bytes:
    # Opaque colours, or nearly so, and a clear one.
    opaque = bytes(255 - number % 3 for number in range(16)) if steps else b"\xff" * 16
    before = [png_files.colours(_table()), (b"tRNS", opaque + b"\0")]
    return png_files.write(index, Layout(colour_type=PALETTE, before=before))


def _indexed(index: Pixels) -> Image.Image:
    height, width = index.shape
    image = Image.frombytes("P", (width, height), index.tobytes())
    image.putpalette(_table().reshape(-1).tolist())
    return image
