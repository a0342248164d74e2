"""BMP: every depth, bit fields, run lengths, both row orders, each version of the header."""

import numpy as np

from conformance.corpus import bmp_files
from conformance.corpus import image_scenes as scenes
from conformance.corpus.bmp_files import CORE, FIELDS, RLE4, RLE8, V4, V5, Layout
from conformance.corpus.image_scenes import Size
from conformance.corpus.image_variant import Variant, opaque, png


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    return [*_colours((width, height)), *_palettes((width, height))]


def _colours(size: Size) -> list[Variant]:
    pixels = scenes.colour(*size)
    shown = png(pixels)
    layouts = {
        "24-bit BMP": Layout(),
        "24-bit BMP, top row first": Layout(top_down=True),
        "24-bit BMP of OS/2": Layout(header=CORE),
        "24-bit BMP, header 4": Layout(header=V4),
        "24-bit BMP, header 5": Layout(header=V5),
        "32-bit BMP": Layout(bits=32),
        "32-bit BMP, top row first": Layout(bits=32, top_down=True),
    }
    found = [Variant(name, bmp_files.write(pixels, each), shown) for name, each in layouts.items()]
    alpha = Layout(bits=32, header=V5, compression=FIELDS, masks="BGRA")
    found.append(
        Variant(
            "32-bit BMP with alpha, opaque", bmp_files.write(opaque(pixels), alpha), shown, "mode"
        )
    )
    pure = scenes.pure(*size)
    few = {
        "16-bit BMP, 5-5-5": Layout(bits=16),
        "16-bit BMP, 5-6-5": Layout(bits=16, compression=FIELDS, masks="565"),
        "16-bit BMP, 5-5-5, top row first": Layout(bits=16, top_down=True),
    }
    found += [Variant(name, bmp_files.write(pure, each), png(pure)) for name, each in few.items()]
    return found


def _palettes(size: Size) -> list[Variant]:
    layouts = {
        "1-bit BMP of two colours": (2, Layout(bits=1)),
        "4-bit BMP": (16, Layout(bits=4)),
        "4-bit BMP of 5 colours": (5, Layout(bits=4)),
        "8-bit BMP": (256, Layout(bits=8)),
        "8-bit BMP of 100 colours": (100, Layout(bits=8)),
        "8-bit BMP, top row first": (200, Layout(bits=8, top_down=True)),
        "8-bit BMP of OS/2": (64, Layout(bits=8, header=CORE)),
        "8-bit BMP, header 5": (64, Layout(bits=8, header=V5)),
        "8-bit BMP in run lengths": (64, Layout(bits=8, compression=RLE8)),
        "4-bit BMP in run lengths": (16, Layout(bits=4, compression=RLE4)),
    }
    found = []
    for name, (count, layout) in layouts.items():
        file = bmp_files.write(scenes.indices(*size, count), layout, scenes.palette(count))
        found.append(Variant(name, file, png(scenes.colour(*size, count)), "mode"))
    table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    greys = scenes.grey(*size)
    found.append(Variant("grey BMP", bmp_files.write(greys, Layout(bits=8), table), png(greys)))
    bits = scenes.grey(*size, levels=2)
    black_white = np.array([[0, 0, 0], [255, 255, 255]], dtype=np.uint8)
    file = bmp_files.write(bits // 255, Layout(bits=1), black_white)
    return [*found, Variant("1-bit BMP, black and white", file, png(bits), "mode")]
