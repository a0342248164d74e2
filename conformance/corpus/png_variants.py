"""PNG: every bit depth and colour type, interlaced or not, each filter.

Also transparency that hides nothing, and pixels in one chunk or in many.
"""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from conformance.corpus import image_scenes as scenes
from conformance.corpus import png_files
from conformance.corpus.image_scenes import Size
from conformance.corpus.image_variant import Demand, Variant, opaque, png
from conformance.corpus.png_files import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, Layout

DEEP = 257
"""From 8 bits to the 16 that mean the same."""
PALETTES = (2, 3, 4, 5, 9, 16, 17, 64, 100, 255, 256)


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    size = width, height
    return [*_greys(size), *_colours(size), *_palettes(size), *_alphas(size), *_layouts(size)]


def _both(
    name: str,
    samples: Any,
    pixels: Any,
    demand: Demand,
    pairs: tuple[bool, bool] = (False, False),
    **layout: Any,
) -> Iterator[Variant]:
    """Not interlaced and unfiltered, and interlaced under mixed filters.

    `pairs` says which of them is a mere pair.
    """
    shown = png(pixels)
    plain, woven = (
        png_files.write(samples, Layout(**layout)),
        png_files.write(samples, Layout(**layout, interlaced=True, filter=png_files.MIXED)),
    )
    yield Variant(name, plain, shown, demand, pairs[0])
    yield Variant(f"{name}, interlaced", woven, shown, demand, pairs[1])


def _greys(size: Size) -> Iterator[Variant]:
    for depth in (1, 2, 4, 8):
        pixels = scenes.grey(*size, levels=min(2**depth, 16))
        top = 255 // (2**depth - 1)
        demand: Demand = "mode" if depth == 1 else "plain"
        layout: dict[str, Any] = {"depth": depth, "colour_type": GREY}
        yield from _both(f"{depth}-bit grey PNG", pixels // top, pixels, demand, **layout)
    # Black and white alone: what lies between is clipped by some libraries and scaled by others.
    pixels = scenes.grey(*size, levels=2)
    deep = pixels.astype(np.uint16) * DEEP
    yield from _both("16-bit grey PNG", deep, pixels, "mode", depth=16, colour_type=GREY)


def _colours(size: Size) -> Iterator[Variant]:
    pixels = scenes.colour(*size)
    deep = deepened(pixels)
    yield from _both("8-bit RGB PNG", pixels, pixels, "plain", colour_type=RGB)
    yield from _both("16-bit RGB PNG", deep, pixels, "plain", depth=16, colour_type=RGB)


def deepened(pixels: Any) -> Any:
    """16-bit values whose high bytes are these; the low ones are noise."""
    noise = np.random.default_rng(0).integers(0, 256, pixels.shape)
    # Black and white stay what they are, for who divides by 257.
    return np.where(pixels == 255, 0xFFFF, pixels * np.uint16(256) + noise).astype(np.uint16)


def _palettes(size: Size) -> Iterator[Variant]:
    for number, count in enumerate(PALETTES):
        depth = next(bits for bits in (1, 2, 4, 8) if 2**bits >= count)
        layout: dict[str, Any] = {
            "depth": depth,
            "colour_type": PALETTE,
            "before": [png_files.colours(scenes.palette(count))],
        }
        index, pixels = scenes.indices(*size, count), scenes.colour(*size, count)
        pairs = number % 2 == 1, number % 2 == 0
        yield from _both(f"PNG with a palette of {count}", index, pixels, "mode", pairs, **layout)
    # A palette of greys that is not in the order of the greys.
    index, pixels = scenes.indices(*size, 16), scenes.grey(*size, 16)
    table = np.repeat(scenes.shades(16)[:, None], 3, axis=1)
    layout = {"depth": 4, "colour_type": PALETTE, "before": [png_files.colours(table)]}
    yield from _both("PNG with a palette of greys", index, pixels, "mode", **layout)


def _alphas(size: Size) -> Iterator[Variant]:
    pixels, greys = scenes.colour(*size), scenes.grey(*size)
    for depth, kind in ((8, np.uint8), (16, np.uint16)):
        several = opaque(pixels if depth == 8 else deepened(pixels), kind)
        layout: dict[str, Any] = {"depth": depth, "colour_type": RGBA}
        yield from _both(f"{depth}-bit RGBA PNG, opaque", several, pixels, "mode", **layout)
        both, layout = (
            opaque(greys if depth == 8 else deepened(greys), kind),
            {"depth": depth, "colour_type": GREY_ALPHA},
        )
        name = f"{depth}-bit grey PNG with alpha, opaque"
        yield from _both(name, both, greys, "mode", **layout)
    yield from _transparent_colours(size)


def _transparent_colours(size: Size) -> Iterator[Variant]:
    """tRNS: a colour that no pixel has, and a palette all of whose colours are opaque."""
    pixels, index = scenes.colour(*size), scenes.indices(*size, 16)
    colours = png_files.colours(scenes.palette(16))
    unused = (b"tRNS", struct.pack(">HHH", 1, 2, 3))
    layout: dict[str, Any] = {"colour_type": RGB, "before": [unused]}
    yield from _both("RGB PNG with an unused tRNS", pixels, pixels, "mode", **layout)
    layout = {"colour_type": GREY, "before": [(b"tRNS", struct.pack(">H", 3))]}
    greys = scenes.grey(*size)
    yield from _both("grey PNG with an unused tRNS", greys, greys, "mode", **layout)
    layout = {"colour_type": PALETTE, "before": [colours, (b"tRNS", b"\xff" * 16)]}
    yield from _both("palette PNG with an opaque tRNS", index, pixels, "mode", **layout)


def _layouts(size: Size) -> Iterator[Variant]:
    pixels = scenes.colour(*size, scene=1)
    shown = png(pixels)
    for kind in range(5):
        file = png_files.write(pixels, Layout(filter=kind))
        yield Variant(f"RGB PNG of filter {kind}", file, shown)
    file = png_files.write(pixels, Layout(piece=17))
    yield Variant("RGB PNG in chunks of 17 bytes", file, shown)
