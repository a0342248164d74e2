"""Images derived from others: copies, and images with one difference or with hidden content.

Two images that differ in only one respect must not share a vector. They would if a cache key left
something out, the image were shrunk to a few pixels or converted to gray, or an edge were ignored.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from conformance.corpus import image_scenes as scenes
from conformance.corpus.image_files import opened, save
from conformance.corpus.image_scenes import Pixels

OWN: Final = "PNG of the model's own size"
SHARE: Final = 3
DETAIL: Final = 8
"""The side of a detail is this fraction of the image's side."""
SAME_LUMA: Final = ((200, 50, 50), (50, 120, 80))
"""Two colors with the same gray value."""
PLACES: Final = {
    "top left": (0, 0), "top right": (7, 0), "bottom left": (0, 7), "bottom right": (7, 7),
    "top": (3, 0), "bottom": (4, 7), "left": (0, 4), "right": (7, 3), "middle": (4, 4),
}  # fmt: skip
"""Column and row of a detail, in units of `DETAIL`."""
TINY: Final = ((255, 0, 0), (0, 255, 0), (0, 0, 255), *SAME_LUMA, (0, 0, 0), (255, 255, 255))

GRAY: Final = (128, 128, 128)
WIDEST_BLUR: Final = 0.25
"""Standard deviation of the strongest blur, relative to the shorter side: only a tint remains."""
MOST_COVERED: Final = 0.9
"""Share of the width that the strongest occlusion covers, starting from the left."""
NEIGHBOR: Final = 0.03
"""Share of the width by which an image is shifted; pixels wrap around to the other side."""


@dataclass(frozen=True)
class Alike:
    """Images of one format and size, each with its difference from the first one."""

    name: str
    images: dict[str, bytes]


KINDS: Final[dict[str, Callable[[Image.Image], bytes]]] = {
    "PNG": lambda image: save(image, "PNG"),
    "JPEG": lambda image: save(image, "JPEG", quality=95, subsampling=0),
    "BMP": lambda image: save(image, "BMP"),
    "lossless WebP": lambda image: save(image, "WEBP", lossless=True),
    "GIF": lambda image: save(image.quantize(64, dither=Image.Dither.NONE), "GIF"),
    "TIFF": lambda image: save(image, "TIFF"),
    "lossy WebP": lambda image: save(image, "WEBP", quality=95),
    "palette PNG": lambda image: save(image.quantize(64, dither=Image.Dither.NONE), "PNG"),
}
SIZES: Final = (("JPEG", 40), ("BMP", 64), ("GIF", 120), ("lossless WebP", 16), ("TIFF", 301),
                ("palette PNG", 224), ("lossy WebP", 500), ("PNG", 8), ("PNG", 900))  # fmt: skip


@cache
def group(name: str, own: int) -> Alike:
    """One of `names`: all differences at the model's input size, a third of them at other sizes."""
    changes = list(_changes())
    if name == OWN:
        return _alike("PNG", own, changes)
    if name == "one pixel":
        single = {str(shade): Image.new("RGB", (1, 1), shade) for shade in TINY}
        return Alike(name, {shade: save(image, "PNG") for shade, image in single.items()})
    if name == "2 x 2 pixels":
        return Alike(name, dict(_quarters()))
    number = names().index(name)
    kind, side = SIZES[number - 1]
    return _alike(kind, side, changes[number % SHARE :: SHARE])


def names() -> list[str]:
    """The names of all groups of image pairs."""
    sized = [f"{kind} of {side} x {side}" for kind, side in SIZES]
    return [OWN, *sized, "one pixel", "2 x 2 pixels"]


@cache
def large(side: int) -> Alike:
    """Files of several megabytes, all of the same length, that differ in one place."""
    base = scenes.color(side, side)
    places = ("top left", "bottom right", "middle")
    changed = {f"a detail at the {name}": _detail(base, PLACES[name]) for name in places}
    shown = _with_copies(base, changed | {"two areas swapped": _areas_exchanged(base)})
    files = {name: save(Image.fromarray(pixels), "BMP") for name, pixels in shown.items()}
    return Alike(f"BMPs of {side} x {side}", files)


def _alike(kind: str, side: int, names: list[str]) -> Alike:
    base = scenes.color(side, side)
    changes = _changes()
    shown = _with_copies(base, {name: changes[name](base) for name in names})
    write = KINDS[kind]
    files = {
        name: write(Image.fromarray(np.ascontiguousarray(each))) for name, each in shown.items()
    }
    return Alike(f"{kind}s of {side} x {side}", files)


def _with_copies(base: Pixels, changed: Mapping[str, Pixels]) -> dict[str, Pixels]:
    return {"the original image": base} | {f"a copy: {name}": changed[name] for name in changed}


def _changes() -> dict[str, Callable[[Pixels], Pixels]]:
    """Functions that change an image of shape (h, w, 3), by name."""
    return {
        "mirrored": lambda pixels: pixels[:, ::-1],
        "red and blue swapped": lambda pixels: pixels[..., [2, 1, 0]],
        "upside down": lambda pixels: pixels[::-1],
        "red and green swapped": lambda pixels: pixels[..., [1, 0, 2]],
        "rotated by 180 degrees": lambda pixels: pixels[::-1, ::-1],
        "green and blue swapped": lambda pixels: pixels[..., [0, 2, 1]],
        "rotated by 90 degrees": lambda pixels: np.rot90(pixels),
        "without red": lambda pixels: _without(pixels, 0),
        "transposed": lambda pixels: pixels.transpose(1, 0, 2),
        "without green": lambda pixels: _without(pixels, 1),
        "in gray": lambda pixels: np.asarray(Image.fromarray(pixels).convert("L").convert("RGB")),
        "without blue": lambda pixels: _without(pixels, 2),
        "negative": lambda pixels: 255 - pixels,
        "an area in one color": lambda pixels: _area(pixels, SAME_LUMA[0]),
        "two areas swapped": _areas_exchanged,
        "an area in an equally bright color": lambda pixels: _area(pixels, SAME_LUMA[1]),
        "a little darker": lambda pixels: (pixels * 0.9).astype(np.uint8),
        **{
            f"a detail at the {name}": partial(_detail, place=place)
            for name, place in PLACES.items()
        },
    }


def _without(pixels: Pixels, channel: int) -> Pixels:
    left = pixels.copy()
    left[..., channel] = 0
    return left


def _area(pixels: Pixels, shade: tuple[int, int, int]) -> Pixels:
    painted = pixels.copy()
    height, width = pixels.shape[:2]
    painted[height // 4 : height // 2, width // 4 : width // 2] = shade
    return painted


def _areas_exchanged(pixels: Pixels) -> Pixels:
    """The same pixels in another place: the mean, histogram, and sums are unchanged."""
    moved = pixels.copy()
    high, wide = pixels.shape[0] // 4, pixels.shape[1] // 4
    moved[:high, :wide] = pixels[2 * high : 3 * high, wide : 2 * wide]
    moved[2 * high : 3 * high, wide : 2 * wide] = pixels[:high, :wide]
    return moved


def _detail(pixels: Pixels, place: tuple[int, int]) -> Pixels:
    """Invert the colors of a part of the image."""
    changed = pixels.copy()
    height, width = (side // DETAIL for side in pixels.shape[:2])
    x, y = place[0] * pixels.shape[1] // DETAIL, place[1] * pixels.shape[0] // DETAIL
    part = changed[y : y + max(1, height), x : x + max(1, width)]
    part[:] = np.where(part > 127, part - 120, part + 120)
    return changed


def _quarters() -> Iterator[tuple[str, bytes]]:
    pixels = np.array([scenes.BASE[:2], scenes.BASE[2:4]], dtype=np.uint8)
    for turns in range(4):
        for name, each in (("", pixels), ("mirrored, ", pixels[:, ::-1])):
            turned = np.ascontiguousarray(np.rot90(each, turns))
            yield f"{name}rotated by {turns * 90} degrees", save(Image.fromarray(turned), "PNG")


def blurred(file: bytes, strength: float) -> bytes:
    """The image out of focus; strength 0 to 1."""
    image = opened(file)
    radius = WIDEST_BLUR * strength * min(image.size)
    return save(image.filter(ImageFilter.GaussianBlur(radius)), "PNG")


def covered(file: bytes, strength: float) -> bytes:
    """The image behind a gray board that slides in from the left; strength 0 to 1."""
    image = opened(file)
    image.paste(GRAY, (0, 0, round(MOST_COVERED * strength * image.width), image.height))
    return save(image, "PNG")


def _enlarged(image: Image.Image) -> bytes:
    larger = image.resize((image.width * 3 // 2, image.height * 3 // 2))
    return save(larger, "PNG")


def _shifted(image: Image.Image) -> bytes:
    moved = ImageChops.offset(image, max(1, round(NEIGHBOR * image.width)), 0)
    return save(moved, "PNG")


FADINGS: Final[dict[str, Callable[[bytes, float], bytes]]] = {
    "blur": blurred,
    "occlusion": covered,
}
"""Ways to hide an image's content, by name."""

COPIES: Final[dict[str, Callable[[Image.Image], bytes]]] = {
    "enlarged by half": _enlarged,
    "as a JPEG of quality 50": lambda image: save(image, "JPEG", quality=50),
    "a little brighter": lambda image: save(ImageEnhance.Brightness(image).enhance(1.08), "PNG"),
    "shifted a little": _shifted,
}
"""Changes that a viewer barely notices, by name."""
