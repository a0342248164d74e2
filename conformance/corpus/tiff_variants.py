"""TIFF: byte orders, compressions, strips and tiles, planes, photometric kinds, bit depths."""

from typing import Any

import numpy as np
from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus import tiff_files
from conformance.corpus.image_files import save
from conformance.corpus.image_scenes import Size
from conformance.corpus.image_variant import Variant, decoded, opaque, png
from conformance.corpus.png_variants import deepened
from conformance.corpus.tiff_files import BLACK_IS_ZERO, DEFLATE, PALETTE, WHITE_IS_ZERO, Layout

COMPRESSIONS = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
FAX = ("group3", "group4", "tiff_ccitt")


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    size = width, height
    return [*_layouts(size), *_compressed(size), *_greys(size), *_modes(size)]


def _layouts(size: Size) -> list[Variant]:
    pixels = scenes.colour(*size)
    shown = png(pixels)
    layouts: dict[str, dict[str, Any]] = {
        "TIFF, little-endian": {},
        "TIFF, big-endian": {"big_endian": True},
        "TIFF in strips of 7 rows": {"rows": 7},
        "TIFF in tiles": {"tile": 32},
        "TIFF in planes": {"planar": True},
        "TIFF, deflated in tiles": {"compression": DEFLATE, "tile": 48},
        "TIFF, deflated with a predictor": {"compression": DEFLATE, "predictor": True, "rows": 16},
        "TIFF, big-endian in strips": {"big_endian": True, "compression": DEFLATE, "rows": 5},
        "TIFF turned by its tag, upright": {"tags": {274: (1,)}},
    }
    return [
        Variant(name, tiff_files.write(pixels, Layout(**each)), shown)
        for name, each in layouts.items()
    ]


def _compressed(size: Size) -> list[Variant]:
    pixels = scenes.colour(*size)
    image, shown = Image.fromarray(pixels), png(pixels)
    found = [
        Variant(f"TIFF compressed by {name}", save(image, "TIFF", compression=name), shown)
        for name in COMPRESSIONS
    ]
    jpeg = save(image, "TIFF", compression="jpeg", quality=95)
    found.append(Variant("TIFF compressed by JPEG", jpeg, decoded(jpeg), "lossy"))
    bits = scenes.grey(*size, levels=2)
    scan = Image.fromarray(bits).convert("1", dither=Image.Dither.NONE)
    found += [
        Variant(f"1-bit TIFF compressed by {name}", save(scan, "TIFF", compression=name),
                png(bits), "mode")
        for name in FAX
    ]  # fmt: skip
    return found


def _greys(size: Size) -> list[Variant]:
    greys, bits = scenes.grey(*size), scenes.grey(*size, levels=2)
    deep = bits.astype(np.uint16) * 257
    grey: dict[str, Any] = {"photometric": BLACK_IS_ZERO}
    inverse: dict[str, Any] = {"photometric": WHITE_IS_ZERO}
    scan = bits // 255
    exact = {
        "grey TIFF": tiff_files.write(greys, Layout(**grey)),
        "grey TIFF, white is 0": tiff_files.write(255 - greys, Layout(**inverse)),
    }
    scans = {
        "1-bit TIFF": tiff_files.write(scan, Layout(bits=1, **grey)),
        "1-bit TIFF, white is 0": tiff_files.write(1 - scan, Layout(bits=1, **inverse)),
    }
    found = [Variant(name, file, png(greys)) for name, file in exact.items()]
    found += [Variant(name, file, png(bits), "mode") for name, file in scans.items()]
    for big in (False, True):
        layout = Layout(bits=16, big_endian=big, **grey)
        name = f"16-bit grey TIFF, {'big' if big else 'little'}-endian"
        found.append(Variant(name, tiff_files.write(deep, layout), png(bits), "mode"))
    return found


def _modes(size: Size) -> list[Variant]:
    pixels = scenes.colour(*size)
    shown, deep = png(pixels), deepened(pixels)
    with_alpha = tiff_files.write(opaque(pixels), Layout(alpha=True))
    found = [
        Variant("16-bit RGB TIFF", tiff_files.write(deep, Layout(bits=16)), shown),
        Variant("RGBA TIFF, opaque", with_alpha, shown, "mode"),
    ]
    for count in (2, 16, 17, 200):
        bits = 4 if count <= 16 else 8
        table = np.zeros((2**bits, 3), dtype=np.uint8)
        table[:count] = scenes.palette(count)
        tags = {320: tiff_files.colour_map(table)}
        layout = Layout(photometric=PALETTE, bits=bits, tags=tags)
        file = tiff_files.write(scenes.indices(*size, count), layout)
        name = f"TIFF with a palette of {count}"
        found.append(Variant(name, file, png(scenes.colour(*size, count)), "mode"))
    inks = Image.fromarray(pixels).convert("CMYK")
    file = save(inks, "TIFF")
    found.append(Variant("CMYK TIFF", file, decoded(file), "ink"))
    both = Image.fromarray(opaque(scenes.grey(*size)))
    file = save(both, "TIFF")
    found.append(Variant("grey TIFF with alpha, opaque", file, png(scenes.grey(*size)), "mode"))
    return found
