"""Files that hold more than one image: what counts is the first."""

from typing import Any

from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import save
from conformance.corpus.image_variant import Variant, decoded, png


def variants(width: int, height: int) -> list[Variant]:
    """Animations, pages and the pairs that some cameras write, each beginning with one scene."""
    first, *others = (
        Image.fromarray(scenes.colour(width, height, scene=number)) for number in (4, 5, 6, 7)
    )
    indexed, *frames = (each.quantize(16, dither=Image.Dither.NONE) for each in (first, *others))
    shown = png(scenes.colour(width, height, scene=4))
    gif: dict[str, Any] = {"save_all": True, "duration": 100}
    several: dict[str, Any] = {"save_all": True, "append_images": others}
    smaller: dict[str, Any] = {
        "save_all": True,
        "append_images": [others[0].resize((max(1, width // 2), max(1, height // 3)))],
    }
    files = {
        "GIF of two frames": save(indexed, "GIF", append_images=frames[:1], **gif),
        "GIF of four frames that loops": save(indexed, "GIF", append_images=frames, loop=0, **gif),
        "GIF whose frames are disposed of": save(
            indexed, "GIF", append_images=frames, disposal=2, **gif
        ),
        "animated WebP": save(first, "WEBP", lossless=True, **several),
        "animated PNG": save(first, "PNG", **several),
        "TIFF of four pages": save(first, "TIFF", **several),
        "TIFF with a smaller second page": save(first, "TIFF", **smaller),
    }
    found = [Variant(name, file, shown, "first") for name, file in files.items()]
    for name, kind in (("pair of JPEGs (MPO)", "MPO"), ("lossy animated WebP", "WEBP")):
        file = save(first, kind, quality=95, **several)
        found.append(Variant(name, file, decoded(file), "first"))
    return found
