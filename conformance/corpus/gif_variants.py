"""GIF: palettes of every size, interlaced or not, a transparent colour that no pixel has."""

from typing import Any

import numpy as np
from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import save
from conformance.corpus.image_scenes import Pixels
from conformance.corpus.image_variant import Variant, png

PALETTES = (2, 4, 7, 8, 16, 32, 33, 64, 128, 255, 256)


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    size = width, height
    found = []
    for number, count in enumerate(PALETTES):
        shown, indexed = png(scenes.colour(*size, count)), _indexed(*size, count)
        for interlace, word in ((0, ""), (1, ", interlaced")):
            file = save(indexed, "GIF", interlace=interlace)
            is_pair = number % 2 == interlace
            name = f"GIF of {count} colours{word}"
            found.append(Variant(name, file, shown, "mode", is_pair))
    shown, indexed = png(scenes.colour(*size, 16)), _indexed(*size, 16)
    more: dict[str, dict[str, Any]] = {
        "GIF with an unused transparent colour": {"transparency": 17},
        "GIF with a background colour": {"background": 3},
        "GIF of one frame that loops": {"loop": 0, "duration": 100},
    }
    found += [
        Variant(name, save(indexed, "GIF", **options), shown, "mode")
        for name, options in more.items()
    ]
    greys = Image.fromarray(scenes.grey(*size))
    found.append(Variant("grey GIF", save(greys, "GIF"), png(scenes.grey(*size)), "mode"))
    return found


def _indexed(width: int, height: int, count: int) -> Image.Image:
    index = scenes.indices(width, height, count)
    image = Image.frombytes("P", (width, height), index.tobytes())
    table: Pixels = np.zeros((256, 3), dtype=np.uint8)
    table[:count] = scenes.palette(count)
    image.putpalette(table[: max(count, 32)].reshape(-1).tolist())
    return image
