"""The axis of sizes: widths, heights and shapes, each with what an encoder has to make of it.

What is shown is one colour, which stays one colour however it is brought to size, and bands along
the longer side, which look alike to who crops and to who squashes. The container changes from size
to size, so that rows which need padding are met in each.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from conformance.corpus import image_scenes as scenes
from conformance.corpus import png_files, tiff_files
from conformance.corpus.image_files import save
from conformance.corpus.image_scenes import Pixels

SIDES: Final = (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 16, 17, 21, 24, 27, 31, 32, 33, 47, 48, 49, 63, 64, 65,
    77, 95, 96, 97, 100, 101, 127, 128, 129, 150, 191, 192, 193, 200, 223, 224, 225, 255, 256, 257,
    300, 336, 383, 384, 385, 447, 448, 449, 500, 511, 512, 513,
)  # fmt: skip
LARGE_SIDES: Final = (
    640,
    767,
    768,
    800,
    1000,
    1023,
    1024,
    1025,
    1080,
    1280,
    1536,
    1920,
    2047,
    2048,
    2049,
)
SHAPES: Final = (
    (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (21, 9), (3, 1), (5, 1), (8, 1), (10, 1), (20, 1),
    (50, 1), (100, 1), (200, 1),
)  # fmt: skip
LONG: Final = (120, 301, 600)
"""Longer sides of the shapes."""
SCENES: Final = 4
MARGIN: Final = 4
"""Pixels beyond the middle square that have a part in it once it is scaled."""

CONTAINERS: Final[dict[str, Callable[[Pixels], bytes]]] = {
    "PNG": lambda pixels: save(Image.fromarray(pixels), "PNG"),
    "BMP": lambda pixels: save(Image.fromarray(pixels), "BMP"),
    "WebP": lambda pixels: save(Image.fromarray(pixels), "WEBP", lossless=True),
    "TIFF": lambda pixels: tiff_files.write(pixels, tiff_files.Layout()),
    "interlaced PNG": lambda pixels: png_files.write(pixels, png_files.Layout(interlaced=True)),
    "TIFF in strips": lambda pixels: tiff_files.write(pixels, tiff_files.Layout(rows=3)),
}
"""Those of RGB that lose nothing."""


@dataclass(frozen=True)
class Sized:
    """A file, its size in words, and a PNG of the model's own size that shows what it shows."""

    name: str
    file: bytes
    shown: bytes
    enlarged: bool
    """Whether the model enlarges it: the way in which it does is then much of what is seen."""


def of_one_colour(own: int, seed: int, sides: Sequence[int] = SIDES) -> Iterator[Sized]:
    """Every side as a width and as a height, with a side of its neighbourhood beside it."""
    for number, (width, height) in enumerate(zip(sides, _others(sides, seed), strict=True)):
        shade = scenes.BASE[(number + seed) % len(scenes.BASE)]
        shown = save(Image.fromarray(scenes.flat(own, own, shade)), "PNG")
        enlarged = min(width, height) < own
        yield _sized(scenes.flat(width, height, shade), number + seed, shown, enlarged)


def banded(own: int, seed: int, crops: bool) -> Iterator[Sized]:
    """Squares and near-squares of every second side, every shape in both orientations.

    The seeds 0 and 1 together have every side.
    """
    sides = SIDES[seed % 2 :: 2]
    sizes = [(side, max(1, side + (0, 1, -1)[(n + seed) % 3])) for n, side in enumerate(sides)]
    for number, (long, short) in enumerate(SHAPES):
        length = max(LONG[(number + seed) % len(LONG)], long // short)
        sizes += [(length, length * short // long), (length * short // long, length)]
    for number, (width, height) in enumerate(sizes):
        scene = number % SCENES
        pixels = scenes.bands(width, height, scene)
        # A model that enlarges an image sees its soft edges, which another drawing would not have.
        enlarged = min(width, height) < own
        shown = pixels if enlarged else _in_detail(own, width >= height, scene)
        yield _sized(pixels, number + seed, brought_to_size(shown, own, crops), enlarged)


def _in_detail(own: int, lying: bool, scene: int) -> Pixels:
    """The bands on twice the model's pixels, one side longer than the other by one."""
    long, short = 2 * own, 2 * own - 1
    return scenes.bands(*((long, short) if lying else (short, long)), scene)


def _others(sides: Sequence[int], seed: int) -> list[int]:
    """The same sides, each a few places further on among a dozen of about its size."""
    dozens = [sides[start : start + 12] for start in range(0, len(sides), 12)]
    by = 5 + seed
    return [side for some in dozens for side in (*some[by % len(some) :], *some[: by % len(some)])]


def brought_to_size(pixels: Pixels, own: int, crops: bool) -> bytes:
    """A PNG of what a model of `own` pixels sees: the middle square, or the whole, scaled."""
    image = Image.fromarray(pixels)
    if not crops:
        return save(image.resize((own, own), Image.Resampling.BICUBIC), "PNG")
    # Scaled first, then cropped: at its edges the middle square has something of its neighbours.
    side = min(image.size)
    across, down = (side + 2 * min((long - side) // 2, MARGIN) for long in image.size)
    scaled = _middle(image, across, down).resize(
        (round(across * own / side), round(down * own / side)), Image.Resampling.BICUBIC
    )
    return save(_middle(scaled, own, own), "PNG")


def _middle(image: Image.Image, width: int, height: int) -> Image.Image:
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _sized(pixels: Pixels, number: int, shown: bytes, enlarged: bool) -> Sized:
    kind = list(CONTAINERS)[number % len(CONTAINERS)]
    height, width = pixels.shape[:2]
    name = f"{kind} of {width} x {height}"
    return Sized(name, CONTAINERS[kind](pixels), shown, enlarged)
