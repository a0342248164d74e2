"""WebP: lossless and lossy, with and without alpha, at several qualities and efforts."""

from typing import Any

from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import save
from conformance.corpus.image_variant import Variant, decoded, opaque, png


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    pixels = scenes.colour(width, height)
    shown = png(pixels)
    colour, grey = Image.fromarray(pixels), Image.fromarray(scenes.grey(width, height))
    exact: dict[str, Any] = {"lossless": True, "exact": True}
    found = [
        Variant(
            f"lossless WebP, effort {method}", save(colour, "WEBP", method=method, **exact), shown
        )
        for method in (0, 4, 6)
    ]
    found += [
        Variant("lossless grey WebP", save(grey, "WEBP", **exact), png(scenes.grey(width, height))),
        Variant("lossless WebP with alpha", save(clear_corner(width, height), "WEBP", **exact),
                png(white_corner(width, height)), "mode"),
    ]  # fmt: skip
    lossy = {
        f"lossy WebP of quality {quality}": save(colour, "WEBP", quality=quality)
        for quality in (20, 80, 100)
    }
    lossy["lossy grey WebP"] = save(grey, "WEBP", quality=90)
    lossy["lossy WebP with alpha"] = save(
        clear_corner(width, height), "WEBP", quality=90, exact=True
    )
    return found + [Variant(name, file, decoded(file), "lossy") for name, file in lossy.items()]


def white_corner(width: int, height: int) -> scenes.Pixels:
    """The scene with one white pixel."""
    pixels = scenes.colour(width, height).copy()
    pixels[0, 0] = 255
    return pixels


def clear_corner(width: int, height: int) -> Image.Image:
    """The scene, opaque but for one pixel, which is white: dropped or laid on white, it is white.

    An encoder leaves out an alpha channel that says nothing.
    """
    pixels = opaque(white_corner(width, height))
    pixels[0, 0, 3] = 0
    return Image.fromarray(pixels)
