"""JPEG: qualities, subsampling, progressive and restart markers, grey, RGB, CMYK and YCCK."""

from typing import Any

import numpy as np
from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import save
from conformance.corpus.image_scenes import Pixels
from conformance.corpus.image_variant import Variant, decoded

SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


def variants(width: int, height: int) -> list[Variant]:
    """All of them, showing a scene of this size."""
    colour = Image.fromarray(scenes.colour(width, height))
    grey = Image.fromarray(scenes.grey(width, height))
    files = {f"JPEG of quality {q}": save(colour, "JPEG", quality=q) for q in (30, 75, 100)}
    options: dict[str, Any] = {"quality": 95}
    for kind in SUBSAMPLINGS:
        for progressive in (False, True):
            word = "progressive " if progressive else ""
            chosen = {**options, "subsampling": kind, "progressive": progressive}
            files[f"{word}JPEG, {kind}"] = save(colour, "JPEG", **chosen)
    files |= {
        "JPEG with restart markers": save(colour, "JPEG", restart_marker_blocks=3, **options),
        "JPEG with a restart in each row": save(colour, "JPEG", restart_marker_rows=1, **options),
        "JPEG with tables of its own": save(colour, "JPEG", optimize=True, **options),
        "JPEG of RGB": save(colour, "JPEG", keep_rgb=True, subsampling=0, quality=95),
        "grey JPEG": save(grey, "JPEG", **options),
        "progressive grey JPEG": save(grey, "JPEG", progressive=True, **options),
        "CMYK JPEG": save(colour.convert("CMYK"), "JPEG", **options),
        "progressive CMYK JPEG": save(colour.convert("CMYK"), "JPEG", progressive=True, **options),
        "YCCK JPEG": ycck(scenes.colour(width, height)),
    }
    return [
        Variant(
            name, file, decoded(file), "ink" if "CK JPEG" in name or "CMYK" in name else "lossy"
        )
        for name, file in files.items()
    ]


def ycck(pixels: Pixels) -> bytes:
    """A JPEG whose four components are YCbCr of the inks and black, as Adobe's programs write it.

    Written as CMYK with the components that YCCK has, and then marked as such.
    """
    negative = np.asarray(Image.fromarray(255 - pixels).convert("YCbCr"))
    no_black = np.zeros((*pixels.shape[:2], 1), dtype=np.uint8)
    # Pillow stores the inverse of what it is given as CMYK.
    inks = np.ascontiguousarray(np.concatenate([255 - negative, no_black], axis=2))
    height, width = pixels.shape[:2]
    image = Image.frombytes("CMYK", (width, height), inks.tobytes())
    file = bytearray(save(image, "JPEG", quality=95))
    adobe = file.index(b"\xff\xee\x00\x0eAdobe")
    file[adobe + 15] = 2
    return bytes(file)
