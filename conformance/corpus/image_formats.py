"""Every image format, at the model's input size and at other sizes.

PNG, BMP, and TIFF have their own modules. This module has JPEG, GIF, and WebP, which Pillow writes.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

import numpy as np
from PIL import Image

from conformance.corpus import bmp_files, image_extras, png_files, tiff_files
from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import Variant, exif, opaque, png, save
from conformance.corpus.image_scenes import Pixels

OTHER_SIZES: Final = ((61, 45), (34, 50), (75, 75), (131, 66))
"""No dimension is a multiple of 4 or of a block, so rows are padded."""
DETAILED: Final = 680, 510
"""Width and height of a checkerboard, which is lost if a decoder reduces it too far."""
SHARE: Final = 4
"""Without ``--slow``, every fourth variant is also sent at another size, and redundant combinations
of values are left out."""
USUAL_SIZE: Final = 224
SUBSAMPLINGS: Final = ("4:4:4", "4:2:2", "4:2:0")
GIF_PALETTES: Final = (2, 4, 7, 8, 16, 32, 33, 64, 128, 255, 256)


@cache
def own_size(family: str, side: int | None, whole: bool = False) -> tuple[Variant, ...]:
    """The variants of a family as squares of the model's input size, which need no resizing."""
    side = side or USUAL_SIZE
    return tuple(each for each in FAMILIES[family](side, side) if whole or not each.is_pair)


@cache
def other_size(family: str, whole: bool = False) -> tuple[Variant, ...]:
    """Variants of a family at other sizes: some of them at one size each, or all at every size."""
    every = [FAMILIES[family](*size) for size in OTHER_SIZES]
    if whole:
        return (*(variant for each in every for variant in each), *detailed(family))
    numbers = range(0, len(every[0]), SHARE)
    share = [every[number // SHARE % len(every)][number] for number in numbers]
    return (*share, *detailed(family))


def detailed(family: str) -> list[Variant]:
    """Larger lossy files with structures that are lost if a decoder lowers the resolution."""
    options = {"JPEG": {"": False, "progressive ": True}, "WebP": {"": False}}.get(family, {})
    image, size = Image.fromarray(scenes.checks(*DETAILED)), "{} x {}".format(*DETAILED)
    return [
        Variant(
            f"{word}{family} of {size}",
            partial(save, image, family.upper(), quality=90, progressive=progressive),
            None,
            "lossy",
        )
        for word, progressive in options.items()
    ]


def jpeg(width: int, height: int) -> list[Variant]:
    """Qualities, subsampling, progressive and restart markers, gray, RGB, CMYK, and YCCK."""
    color, gray = _scene(width, height), Image.fromarray(scenes.gray(width, height))
    inks = color.convert("CMYK")
    pictures = {name: (color, options) for name, options in _jpegs_in_color().items()}
    good: dict[str, Any] = {"quality": 95}
    pictures |= {
        "gray JPEG": (gray, good),
        "progressive gray JPEG": (gray, {**good, "progressive": True}),
        "CMYK JPEG": (inks, good),
        "progressive CMYK JPEG": (inks, {**good, "progressive": True}),
    }
    found = [
        Variant(
            name, partial(save, image, "JPEG", **options), None, "ink" if image is inks else "lossy"
        )
        for name, (image, options) in pictures.items()
    ]
    found.append(Variant("YCCK JPEG", partial(ycck, scenes.color(width, height)), None, "ink"))
    turned = partial(save, color, "JPEG", exif=exif(orientation=6), **good)
    return [*found, Variant("JPEG turned by EXIF", turned, None, "turned")]


def _jpegs_in_color() -> dict[str, dict[str, Any]]:
    """Pillow's options by name."""
    found: dict[str, dict[str, Any]] = {
        f"JPEG of quality {q}": {"quality": q} for q in (30, 75, 100)
    }
    good: dict[str, Any] = {"quality": 95}
    for kind in SUBSAMPLINGS:
        for word, progressive in (("", False), ("progressive ", True)):
            chosen = {**good, "subsampling": kind, "progressive": progressive}
            found[f"{word}JPEG, {kind}"] = chosen
    return found | {
        "JPEG with restart markers": {"restart_marker_blocks": 3, **good},
        "JPEG with a restart in each row": {"restart_marker_rows": 1, **good},
        "JPEG with optimized Huffman tables": {"optimize": True, **good},
        "RGB JPEG": {"keep_rgb": True, "subsampling": 0, **good},
    }


def ycck(pixels: Pixels) -> bytes:
    """A JPEG with four components, YCbCr of the inks and black, as Adobe's programs write it.

    It is written as CMYK with the components of YCCK, and then marked as YCCK.
    """
    negative = np.asarray(Image.fromarray(255 - pixels).convert("YCbCr"))
    no_black = np.zeros((*pixels.shape[:2], 1), dtype=np.uint8)
    # Pillow stores the inverse of the CMYK values that it is given.
    inks = np.ascontiguousarray(np.concatenate([255 - negative, no_black], axis=2))
    height, width = pixels.shape[:2]
    image = Image.frombytes("CMYK", (width, height), inks.tobytes())
    file = bytearray(save(image, "JPEG", quality=95))
    adobe = file.index(b"\xff\xee\x00\x0eAdobe")
    file[adobe + 15] = 2
    return bytes(file)


def gif(width: int, height: int) -> list[Variant]:
    """Palettes of every size, interlaced or not, and a transparent color that no pixel has."""
    size = width, height
    found = []
    for number, count in enumerate(GIF_PALETTES):
        shown, indexed = png(scenes.color(*size, count)), _indexed(*size, count)
        for interlace, word in ((0, ""), (1, ", interlaced")):
            file = partial(save, indexed, "GIF", interlace=interlace)
            is_pair = number % 2 == interlace
            found.append(Variant(f"GIF of {count} colors{word}", file, shown, "mode", is_pair))
    shown, indexed = png(scenes.color(*size, 16)), _indexed(*size, 16)
    more: dict[str, dict[str, Any]] = {
        "GIF with an unused transparent color": {"transparency": 17},
        "GIF with a background color": {"background": 3},
        "GIF of one frame that loops": {"loop": 0, "duration": 100},
    }
    for name, options in more.items():
        found.append(Variant(name, partial(save, indexed, "GIF", **options), shown, "mode"))
    grays = scenes.gray(*size)
    file = partial(save, Image.fromarray(grays), "GIF")
    return [*found, Variant("gray GIF", file, png(grays), "mode")]


def _indexed(width: int, height: int, count: int) -> Image.Image:
    index = scenes.indices(width, height, count)
    image = Image.frombytes("P", (width, height), index.tobytes())
    table: Pixels = np.zeros((256, 3), dtype=np.uint8)
    table[:count] = scenes.palette(count)
    image.putpalette(table[: max(count, 32)].reshape(-1).tolist())
    return image


def webp(width: int, height: int) -> list[Variant]:
    """Lossless and lossy, with and without alpha, at several qualities and efforts."""
    size = width, height
    color, gray, clear = _scene(*size), Image.fromarray(scenes.gray(*size)), clear_corner(*size)
    shown, grays = png(scenes.color(*size)), png(scenes.gray(*size))
    corner = png(white_corner(*size))
    exact = partial(save, kind="WEBP", lossless=True, exact=True)
    lossy = partial(save, kind="WEBP")
    efforts = [
        Variant(f"lossless WebP, effort {method}", partial(exact, color, method=method), shown)
        for method in (0, 4, 6)
    ]
    qualities = [
        Variant(f"lossy WebP of quality {q}", partial(lossy, color, quality=q), None, "lossy")
        for q in (20, 80, 100)
    ]
    alpha = partial(lossy, clear, quality=90, exact=True)
    return [
        *efforts,
        Variant("lossless gray WebP", partial(exact, gray), grays),
        Variant("lossless WebP with alpha", partial(exact, clear), corner, "mode"),
        *qualities,
        Variant("lossy gray WebP", partial(lossy, gray, quality=90), None, "lossy"),
        Variant("lossy WebP with alpha", alpha, None, "lossy"),
    ]


def white_corner(width: int, height: int) -> scenes.Pixels:
    """The scene with one white pixel."""
    pixels = scenes.color(width, height).copy()
    pixels[0, 0] = 255
    return pixels


def clear_corner(width: int, height: int) -> Image.Image:
    """The scene, opaque except for one white pixel, which stays white however alpha is handled.

    Without it, an encoder would leave out the alpha channel.
    """
    pixels = opaque(white_corner(width, height))
    pixels[0, 0, 3] = 0
    return Image.fromarray(pixels)


def _scene(width: int, height: int) -> Image.Image:
    return Image.fromarray(scenes.color(width, height))


FAMILIES: Final[dict[str, Callable[[int, int], list[Variant]]]] = {
    "PNG": png_files.variants,
    "JPEG": jpeg,
    "WebP": webp,
    "GIF": gif,
    "BMP": bmp_files.variants,
    "TIFF": tiff_files.variants,
    "several images in a file": image_extras.sequences,
    "transparent pixels": image_extras.transparent,
    "metadata": image_extras.metadata,
    "damaged metadata": image_extras.damaged,
}
