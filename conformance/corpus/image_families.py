"""The format axes together: every family of files, at the model's own size and at others."""

from collections.abc import Callable
from functools import cache
from typing import Final

from conformance.corpus import (
    bmp_variants,
    gif_variants,
    image_metadata,
    image_sequences,
    image_transparency,
    jpeg_variants,
    png_variants,
    tiff_variants,
    webp_variants,
)
from conformance.corpus.image_variant import Variant

FAMILIES: Final[dict[str, Callable[[int, int], list[Variant]]]] = {
    "PNG": png_variants.variants,
    "JPEG": jpeg_variants.variants,
    "WebP": webp_variants.variants,
    "GIF": gif_variants.variants,
    "BMP": bmp_variants.variants,
    "TIFF": tiff_variants.variants,
    "several images in a file": image_sequences.variants,
    "transparent pixels": image_transparency.variants,
    "metadata": image_metadata.variants,
}
OTHER_SIZES: Final = ((61, 45), (34, 50), (75, 75), (131, 66))
"""None of them a multiple of 4 or of a block, so that rows are padded."""
SHARE: Final = 4
"""A run without ``--slow`` has every so manieth variant at another size, and no mere pairs."""
USUAL_SIZE: Final = 224


@cache
def own_size(family: str, side: int | None, whole: bool = False) -> tuple[Variant, ...]:
    """The variants of a family as squares of the model's own size, which nothing has to resize."""
    side = side or USUAL_SIZE
    return tuple(each for each in FAMILIES[family](side, side) if whole or not each.is_pair)


@cache
def other_size(family: str, whole: bool = False) -> tuple[Variant, ...]:
    """Variants of a family, a share of them at one of the other sizes each; or all at all."""
    every = [FAMILIES[family](*size) for size in OTHER_SIZES]
    if whole:
        return tuple(variant for each in every for variant in each)
    numbers = range(0, len(every[0]), SHARE)
    return tuple(every[number // SHARE % len(every)][number] for number in numbers)
