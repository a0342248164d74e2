"""Images of every width, height, and shape, and images with many pixels or bytes.

The images show a single color, which does not depend on the resizing method, or bands along the
longer side, which look the same whether a model crops or squashes. The format changes from size to
size, so that each format also has rows that need padding. Large images come with a small copy of
what a model sees of them.
"""

import io
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PIL import Image, ImageOps
from PIL.Image import Resampling

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
    640, 767, 768, 800, 1000, 1023, 1024, 1025, 1080, 1280, 1536, 1920, 2047, 2048, 2049,
)  # fmt: skip
SHAPES: Final = (
    (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (21, 9), (3, 1), (5, 1), (8, 1), (10, 1), (20, 1),
    (50, 1), (100, 1), (200, 1),
)  # fmt: skip
DRAWN: Final = ((960, 640), (640, 960), (1800, 600), (600, 1800))
LONG: Final = (120, 301, 600)
"""Longer sides of the different shapes."""
SCENES: Final = 4
MARGIN: Final = 4
"""Pixels beyond the middle square that contribute to it once the image is resized."""

PHOTOGRAPHS: Final = {
    "JPEG of 4032 x 3024": (4032, 3024, 0),
    "JPEG of 3000 x 4000": (3000, 4000, 1),
    "progressive JPEG of 4000 x 2250": (4000, 2250, 2),
}
"""Width, height, and scene: images that phones send."""
IN_MODES: Final = {
    "PNG of 4000 x 3000 with alpha": (4000, 3000, 3),
    "palette PNG of 1280 x 960": (1280, 960, 2),
    "gray JPEG of 1654 x 2339": (1654, 2339, 4),
    "1-bit PNG of 1654 x 2339": (1654, 2339, 0),
}
"""Cutouts, screenshots, and scanned pages."""
SENSORS: Final = {
    "JPEG of 8160 x 6144": (8160, 6144, 3),
    "JPEG of 4284 x 5712": (4284, 5712, 0),
}
"""Larger images that phones can send: 50 and 24 megapixels."""
HEAVY: Final = {
    "PNG of 70 KB": (156, 1),
    "BMP of 300 KB": (320, 2),
    "WebP of 300 KB": (504, 0),
    "PNG of 1.1 MB": (620, 3),
    "TIFF of 2.2 MB": (864, 4),
    "BMP of 4.4 MB": (1220, 5),
    "PNG of 8.5 MB": (1692, 6),
    "BMP of 12 MB": (2040, 7),
}
"""Side in pixels (a multiple of 4) and scene of squares that are stored uncompressed, or with noise
that cannot be compressed."""

LARGEST_CANCELED: Final = 2048

Scale = Callable[[Image.Image, tuple[int, int]], Image.Image]

FILTERS: Final = {"bicubic": Resampling.BICUBIC, "bilinear": Resampling.BILINEAR}
"""The filters of documented transforms."""
FRAME: Final = 64
"""A frame is as wide as the side of the image divided by this: 3 pixels of 224."""

CONTAINERS: Final[dict[str, Callable[[Pixels], bytes]]] = {
    "PNG": lambda pixels: save(Image.fromarray(pixels), "PNG"),
    "BMP": lambda pixels: save(Image.fromarray(pixels), "BMP"),
    "WebP": lambda pixels: save(Image.fromarray(pixels), "WEBP", lossless=True),
    "TIFF": lambda pixels: tiff_files.write(pixels, tiff_files.Layout()),
    "interlaced PNG": lambda pixels: png_files.write(pixels, png_files.Layout(interlaced=True)),
    "TIFF in strips": lambda pixels: tiff_files.write(pixels, tiff_files.Layout(rows=3)),
}
"""Lossless RGB formats."""


@dataclass(frozen=True)
class Sized:
    """A file, its name, and a PNG of the model's input size that shows the same picture."""

    name: str
    file: bytes
    shown: bytes


@cache
def of_one_color(own: int, seed: int, sides: tuple[int, ...] = SIDES) -> tuple[Sized, ...]:
    """Every side as a width and as a height, paired with another side of similar length."""
    found = []
    for number, (width, height) in enumerate(zip(sides, _others(sides, seed), strict=True)):
        shade = scenes.BASE[(number + seed) % len(scenes.BASE)]
        pixels = scenes.flat(width, height, shade)
        found.append(_sized(pixels, number + seed, _of_one_color(own, shade)))
    return tuple(found)


@cache
def banded(own: int, seed: int, crops: bool) -> tuple[Sized, ...]:
    """Squares and near-squares of every second side, every shape in both orientations.

    Together, seeds 0 and 1 cover every side.
    """
    found = []
    for number, (width, height) in enumerate(_banded_sizes(seed)):
        scene = number % SCENES
        pixels = scenes.bands(width, height, scene)
        # Enlarging a file softens the edges of its bands, so its copy must be enlarged, too.
        if min(width, height) < own:
            shown = brought_to_size(pixels, own, crops)
        else:
            shown = _in_detail(own, width >= height, scene, crops)
        found.append(_sized(pixels, number + seed, shown))
    return tuple(found)


@cache
def drawn(own: int, crops: bool) -> tuple[Sized, ...]:
    """Wide and tall images, in small files, that look different when mirrored or rotated."""
    found = []
    for number, (width, height) in enumerate(DRAWN):
        pixels = scenes.tiles(width, height)
        shown = brought_to_size(pixels, own, crops)
        found.append(_sized(pixels, 2 * number, shown))
    return tuple(found)


def _banded_sizes(seed: int) -> list[tuple[int, int]]:
    sides = SIDES[seed % 2 :: 2]
    sizes = [(side, max(1, side + (0, 1, -1)[(n + seed) % 3])) for n, side in enumerate(sides)]
    for number, (long, short) in enumerate(SHAPES):
        length = max(LONG[(number + seed) % len(LONG)], long // short)
        sizes += [(length, length * short // long), (length * short // long, length)]
    return sizes


@cache
def _of_one_color(own: int, shade: tuple[int, int, int]) -> bytes:
    return save(Image.fromarray(scenes.flat(own, own, shade)), "PNG")


@cache
def _in_detail(own: int, lying: bool, scene: int, crops: bool) -> bytes:
    """The bands at twice the model's resolution, one side longer than the other by one pixel."""
    long, short = 2 * own, 2 * own - 1
    pixels = scenes.bands(*((long, short) if lying else (short, long)), scene)
    return brought_to_size(pixels, own, crops)


@cache
def photograph(name: str, own: int, crops: bool) -> Sized:
    """A file of bands, which compress to at most a few hundred KB."""
    width, height, scene = {**PHOTOGRAPHS, **IN_MODES, **SENSORS}[name]
    # The small copy is still larger than the model's input, so resizing leaves its edges as sharp.
    small, image = (
        _in_mode(Image.fromarray(scenes.bands(width // part, height // part, scene)), name)
        for part in (4, 1)
    )
    kind = "PNG" if "PNG" in name else "JPEG"
    file = save(image, kind, quality=85, progressive=name.startswith("progressive"))
    return Sized(name, file, brought_to_size(np.asarray(small.convert("RGB")), own, crops))


def _in_mode(image: Image.Image, name: str) -> Image.Image:
    """An RGB image converted to the mode in `name`."""
    if "alpha" in name:
        return image.convert("RGBA")
    if "palette" in name:
        return image.quantize(16, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    if "1-bit" in name:
        return image.convert("1", dither=Image.Dither.NONE)
    return image.convert("L") if "gray" in name else image


@cache
def heavy(name: str, own: int) -> Sized:
    """A square of the scene, with every pixel stored."""
    side, scene = HEAVY[name]
    pixels = scenes.color(side, side, scene=scene)
    shown = save(Image.fromarray(scenes.color(own, own, scene=scene)), "PNG")
    return Sized(name, _stored(pixels, name.split()[0]), shown)


@cache
def canceled(own: int) -> Sized:
    """A scene with pixels inverted in a checkerboard pattern, which averages to gray when reduced.

    The side is an even multiple of the model's, so that a service that picks single pixels picks
    either only inverted or only unchanged pixels. The two average to 127 without rounding.
    """
    side = LARGEST_CANCELED // own // 2 * 2 * own
    pixels = scenes.pure(side, side) & np.uint8(254)
    pixels[::2, ::2] ^= 254
    pixels[1::2, 1::2] ^= 254
    image = Image.fromarray(pixels)
    name = f"PNG of {side} x {side} with every second pixel inverted"
    return Sized(name, save(image, "PNG"), save(image.reduce(side // own), "PNG"))


def _stored(pixels: scenes.Pixels, kind: str) -> bytes:
    if kind == "PNG":
        return png_files.write(pixels, png_files.Layout(level=0))
    if kind == "WebP":
        noise = np.random.default_rng(1).integers(0, 4, pixels.shape, dtype=np.uint8)
        noisy = Image.fromarray((pixels & 0xFC) | noise)
        return save(noisy, kind, lossless=True, quality=0, method=0)
    return save(Image.fromarray(pixels), kind)


def _others(sides: Sequence[int], seed: int) -> list[int]:
    """`sides` in another order: each dozen of similar sizes is rotated by a few places."""
    dozens = [sides[start : start + 12] for start in range(0, len(sides), 12)]
    by = 5 + seed
    return [side for some in dozens for side in (*some[by % len(some) :], *some[: by % len(some)])]


def brought_to_size(pixels: Pixels, own: int, crops: bool) -> bytes:
    """A PNG of what a model of `own` pixels sees: the middle square, or all of it, resized."""
    image = Image.fromarray(pixels)
    if not crops:
        return save(image.resize((own, own), Resampling.BICUBIC), "PNG")
    # Resized first, then cropped: the edges of the middle square include some of its neighbors.
    side = min(image.size)
    across, down = (side + 2 * min((long - side) // 2, MARGIN) for long in image.size)
    scaled = _middle(image, across, down).resize(
        (round(across * own / side), round(down * own / side)), Resampling.BICUBIC
    )
    return save(_middle(scaled, own, own), "PNG")


def renderings(
    file: bytes, own: int, crops: bool, filters: Iterable[Resampling] = FILTERS.values()
) -> list[bytes]:
    """The results of documented transforms of a file: distinct PNGs of the model's input size.

    Libraries convert to RGB before or after resizing. Pillow resizes palette images with
    nearest-neighbor interpolation, and transparent images with premultiplied alpha. Libraries drop
    alpha or composite over white, use a cubic or linear filter, and round the crop's position up or
    down.
    """
    with warnings.catch_warnings(), Image.open(io.BytesIO(file)) as image:
        warnings.simplefilter("ignore")  # Pillow recommends RGBA for a palette with alpha.
        image.load()
        starts = [image.convert("RGB"), image.copy()]
        if image.has_transparency_data:
            clear = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            starts += [Image.alpha_composite(white, clear).convert("RGB"), clear]
        shown = [
            picture
            for start in starts
            for resample in filters
            for picture in seen(start, own, crops, filtered(resample))
        ]
        return list(dict.fromkeys(save(each.convert("RGB"), "PNG") for each in shown))


def noisy(image: Image.Image) -> Image.Image:
    """A copy with one value in fifty off by 1: ten times the rounding error of resizing."""
    values = np.array(image.convert("RGB")).astype(int)
    chance = np.random.default_rng(0)
    values += chance.choice([-1, 0, 1], values.shape, p=[0.01, 0.98, 0.01])
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def coarse(image: Image.Image) -> Image.Image:
    """The image with its chroma at half the resolution, as a fast JPEG decoder upsamples it."""
    light, *colors = image.convert("YCbCr").split()
    small = [each.reduce(2).resize(image.size, Resampling.NEAREST) for each in colors]
    return Image.merge("YCbCr", (light, *small)).convert("RGB")


def framed(own: int) -> tuple[bytes, bytes]:
    """Two images of the model's input size that differ only in a frame at their very edge."""
    pixels, wide = scenes.color(own, own), max(1, own // FRAME)
    other = np.where(pixels > 127, pixels - 120, pixels + 120)
    other[wide:-wide, wide:-wide] = pixels[wide:-wide, wide:-wide]
    first, second = (save(Image.fromarray(each), "PNG") for each in (pixels, other))
    return first, second


def mistaken(file: bytes, own: int, crops: bool) -> dict[str, bytes]:
    """The results of common mistakes in resizing a file, by description, the most likely first."""
    with Image.open(io.BytesIO(file)) as opened:
        image = opened.convert("RGB")
    scales = {
        "it were resized with bilinear interpolation, without antialiasing": _sampled(
            Resampling.BILINEAR
        ),
        "it were resized with nearest-neighbor interpolation": filtered(Resampling.NEAREST),
        "it were resized with nearest-neighbor interpolation, rounding down": _sampled(
            Resampling.NEAREST, 0.5
        ),
        "it were resized with bilinear interpolation": filtered(Resampling.BILINEAR),
        "it were resized with a Lanczos filter": filtered(Resampling.LANCZOS),
        "it were resized with a box filter": filtered(Resampling.BOX),
    }
    cubic, corner = Resampling.BICUBIC, image.crop((0, 0, *(min(image.size),) * 2))
    made = {
        "it were squashed instead of center-cropped"
        if crops
        else "it were center-cropped instead of squashed": seen(
            image, own, not crops, filtered(cubic)
        )[0],
        **{name: seen(image, own, crops, scale)[0] for name, scale in scales.items()},
        "it were halved before being resized": seen(image.reduce(2), own, crops, filtered(cubic))[
            0
        ],
        "it were padded with black to a square": ImageOps.pad(image, (own, own)),
        "it were padded with white to a square": ImageOps.pad(image, (own, own), color="white"),
        "it were cropped to its top-left corner": corner.resize((own, own), cubic),
    }
    return {name: save(each, "PNG") for name, each in made.items()}


def filtered(resample: Resampling) -> Scale:
    """Pillow's resizing, which filters to avoid aliasing (except with nearest-neighbor)."""
    return lambda image, size: image.resize(size, resample)


def _sampled(resample: Resampling, moved: float = 0) -> Scale:
    """Without antialiasing: each pixel is interpolated between its nearest neighbors.

    The image is sampled `moved` output pixels to the left and above.
    """

    def scale(image: Image.Image, size: tuple[int, int]) -> Image.Image:
        left, top = (-moved * old / new for old, new in zip(image.size, size, strict=True))
        box = (left, top, left + image.width, top + image.height)
        bands = [
            band.convert("F").transform(size, Image.Transform.EXTENT, box, resample)
            for band in image.split()
        ]
        # Converting to 8 bits rounds down.
        return Image.merge(
            "RGB", [band.point(lambda v: v * 1 + 0.5).convert("L") for band in bands]
        )

    return scale


def seen(image: Image.Image, own: int, crops: bool, scale: Scale) -> list[Image.Image]:
    """An image resized to a model's input size: one, or one for each way of rounding the crop."""
    if not crops:
        return [scale(image, (own, own))]
    short = min(image.size)
    width, height = (int(own * side / short) for side in image.size)
    scaled = scale(image, (width, height))
    across, down = width - own, height - own
    places = {(across // 2, down // 2), (round(across / 2), round(down / 2))}
    return [scaled.crop((x, y, x + own, y + own)) for x, y in sorted(places)]


def _middle(image: Image.Image, width: int, height: int) -> Image.Image:
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _sized(pixels: Pixels, number: int, shown: bytes) -> Sized:
    kind = list(CONTAINERS)[number % len(CONTAINERS)]
    height, width = pixels.shape[:2]
    name = f"{kind} of {width} x {height}"
    return Sized(name, CONTAINERS[kind](pixels), shown)
