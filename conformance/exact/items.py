"""Named texts and images, the same in every run, whose exact vectors are known.

Images are drawn with integer arithmetic, so that every version of every library draws the same
pixels. This module also lists the items that each clause of the EXA group tests.
"""

import io
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from conformance.corpus import image_files, image_sizes, photographs
from conformance.data import fixture_files, tolerances

Pixels = npt.NDArray[np.uint8]

_TABLE: Final = fixture_files.toml("exact_items.toml")


def _lists(name: str) -> dict[str, tuple[str, ...]]:
    return {key: tuple(items) for key, items in _TABLE[name].items()}


_GROUPS: Final = _lists("groups")
_REPEATED: Final = "long sentence, cased"
_TIMES: Final = 20

TEXTS: Final[dict[str, str]] = _TABLE["texts"] | {_REPEATED: _TABLE["texts"][_REPEATED] * _TIMES}
"""Texts by name."""

PROPERTIES: Final[dict[str, Callable[[str], bool]]] = {
    "blank": lambda text: not text.strip(),
    "length": lambda text: len(text) > 400,
    "case": lambda text: text != text.lower(),
    "script": lambda text: not text.isascii(),
}
"""Properties of texts that services often handle differently from the library."""

SHIPPED: Final[dict[str, str]] = _TABLE["files"]
SENT_PHOTOGRAPHS: Final = _GROUPS["photographs"]
GENERAL: Final = _lists("general")
SPECIAL: Final = _lists("special")

_WIDTH, _HEIGHT = 150, 110
_COLORS: Final = (
    ((236, 226, 208), (212, 40, 36), (28, 84, 190), (250, 196, 20)),
    ((202, 224, 240), (30, 150, 70), (150, 40, 140), (245, 120, 20)),
    ((40, 44, 60), (245, 230, 120), (70, 190, 200), (230, 60, 110)),
)
"""Background, disc, bar, and corner of each scene; no two channels are alike."""

LONG, EMPTY, CASED, PLAIN = (_GROUPS[name] for name in ("long", "empty", "cased", "plain"))
LANGUAGES: Final = tuple(name for name in TEXTS if name not in (*LONG, *EMPTY, *CASED, *PLAIN))
"""Other languages, accents, and emoji."""

OWN_SIZE, RESIZED = _GROUPS["own_size"], _GROUPS["resized"]
FORMATS, MODES = _GROUPS["formats"], _GROUPS["modes"]
LOSSY: Final = tuple(SHIPPED)
PHOTOGRAPHS: Final = tuple(f"photograph {name}" for name in SENT_PHOTOGRAPHS)
WITH_ALPHA: Final = tuple(f"photograph {name}" for name in _GROUPS["with_alpha"])
OPAQUE: Final = tuple(name for name in PHOTOGRAPHS if name not in WITH_ALPHA)
PRECISE: Final = (*OWN_SIZE, *RESIZED, "BMP", "TIFF", "lossless WebP")
"""Lossless RGB images: every library and every decoder sees the same pixels."""
AS_RGB: Final = "{}, converted to RGB first"
OFF: Final = "{}, slightly off"


def copies(size: int) -> dict[str, bytes]:
    """Copies of the images, as correct implementations may see them, by `AS_RGB` and `OFF`."""
    found = {}
    for name, content in images(size).items():
        image = image_files.opened(content)
        if name in MODES:
            found[AS_RGB.format(name)] = _png(image)
        seen = image_sizes.coarse(image) if times(name) == tolerances.TIMES_COARSE else image
        found[OFF.format(name)] = _png(image_sizes.noisy(seen))
    return found


def times(name: str) -> float:
    """The factor by which an image may be further off than its slightly perturbed copy."""
    return tolerances.TIMES_COARSE if name in (*LOSSY, *PHOTOGRAPHS) else tolerances.TIMES_ROUNDING


def diagnostic(kind: str, moved: Sequence[str]) -> tuple[str, ...]:
    """The items that identify a mistake, given those that it affects."""
    general = GENERAL[kind]
    return general if set(moved) & set(general) else (*general, *SPECIAL[kind])


def texts() -> dict[str, str]:
    """Texts by name, in a fixed order."""
    return dict(TEXTS)


def images(size: int) -> dict[str, bytes]:
    """Image files by name, in a fixed order, for a model whose images are `size` pixels."""
    return sized(size) | modes() | formats() | shipped() | photos()


def sized(size: int) -> dict[str, bytes]:
    """RGB PNGs: two of the model's input size, others larger, smaller, and of other shapes."""
    wide, tall = (size * 23 // 10, size * 13 // 10), (size * 11 // 10, size * 19 // 10)
    shapes = {
        "own size": (0, size, size),
        "own size, dark": (2, size, size),
        "larger, wide": (0, *wide),
        "larger, tall": (1, *tall),
        "twice as large": (2, 2 * size, 2 * size),
        "one pixel larger": (1, size + 1, size + 1),
        "smaller": (0, 96, 96),
        "smaller, wide": (1, 61, 30),
        "smaller, tall": (2, 50, 120),
        "strip": (0, 300, 20),
        "one pixel": (1, 1, 1),
    }
    return {name: _png(rgb_scene(*shape)) for name, shape in shapes.items()}


def modes() -> dict[str, bytes]:
    """One scene in every color mode."""
    shape = (1, _WIDTH, _HEIGHT)
    palette, shades = palette_scene(*shape), gray_scene(*shape)
    color, alpha = rgb_scene(*shape), _alpha()
    translucent, gray = color.copy(), Image.fromarray(shades)
    translucent.putalpha(alpha)
    both = Image.merge("LA", (gray, alpha))
    bits = Image.fromarray(np.where(shades > 128, 255, 0).astype(np.uint8)).convert("1")
    return {
        "palette PNG": _png(palette),
        "palette PNG with a transparent color": _file(palette, "PNG", transparency=0),
        "RGBA PNG": _png(translucent),
        "gray PNG": _png(gray),
        "gray PNG with alpha": _png(both),
        "1-bit PNG": _png(bits),
        "16-bit gray PNG": _png(Image.fromarray(shades.astype(np.uint16) * np.uint16(7))),
        "CMYK TIFF": _file(color.convert("CMYK"), "TIFF"),
    }


def formats() -> dict[str, bytes]:
    """Scenes in lossless file formats."""
    color, palette = rgb_scene(2, _WIDTH, _HEIGHT), palette_scene(2, _WIDTH, _HEIGHT)
    other = palette_scene(0, _WIDTH, _HEIGHT)
    animation = {"save_all": True, "append_images": [other], "duration": 100}
    return {
        "BMP": _file(color, "BMP"),
        "TIFF": _file(color, "TIFF", compression="tiff_lzw"),
        "lossless WebP": _file(color, "WEBP", lossless=True, exact=True),
        "GIF": _file(palette, "GIF"),
        "animated GIF": _file(palette, "GIF", **animation),
    }


def shipped() -> dict[str, bytes]:
    """The files in `fixtures/expected/images`."""
    return {
        name: fixture_files.path(f"expected/images/{file}").read_bytes()
        for name, file in SHIPPED.items()
    }


def photos() -> dict[str, bytes]:
    """Photographs at their original size from scikit-image, if it is installed."""
    names = SENT_PHOTOGRAPHS if photographs.available() else ()
    return {f"photograph {name}": photographs.raw(name) for name in names}


def _alpha() -> Image.Image:
    """Opaque on the left, increasingly transparent to the right."""
    row = 255 - np.arange(_WIDTH) * 200 // _WIDTH
    return Image.fromarray(np.tile(row.astype(np.uint8), (_HEIGHT, 1)))


def _png(image: Image.Image) -> bytes:
    return _file(image, "PNG")


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, kind, **options)
    return sink.getvalue()


def scene(number: int, width: int, height: int) -> Pixels:
    """An RGB scene (height, width, 3): a shaded ground, a disc, a bar, a corner, fine stripes.

    Nothing is symmetric, and there is content next to the center square on every side, so a
    misplaced crop, a mirrored image, or a different interpolation changes the result.
    """
    ground, disc, bar, corner = (np.array(color) for color in _COLORS[number % len(_COLORS)])
    # Thousandths of each side; integers, so that rounding modes do not matter.
    x = (np.arange(width) * 2 + 1)[None, :] * 500 // width
    y = (np.arange(height) * 2 + 1)[:, None] * 500 // height
    image = ground[None, None, :] - (x + y)[:, :, None] * np.array([40, 15, 60]) // 2000
    image = np.where((((x - 400) ** 2 + (y - 420) ** 2) < 230**2)[:, :, None], disc, image)
    image = np.where(((x > 560) & (x < 900) & (y > 610) & (y < 780))[:, :, None], bar, image)
    image = np.where(((x > 840) & (y < 140 + x // 20))[:, :, None], corner, image)
    return _striped(image, x, y).clip(0, 255).astype(np.uint8)


def _striped(
    image: npt.NDArray[np.int_], x: npt.NDArray[np.int_], y: npt.NDArray[np.int_]
) -> npt.NDArray[np.int_]:
    """Stripes one and two pixels wide, which cause aliasing without a filter."""
    rows, columns = np.indices(image.shape[:2])
    fine = (y > 820) & (x < 500) & ((rows + columns) % 2 == 0)
    wide = (x < 120) & (y < 800) & (columns // 2 % 2 == 0)
    return np.where((fine | wide)[:, :, None], 255 - image, image)


def rgb_scene(number: int, width: int, height: int) -> Image.Image:
    """The scene as an image of mode RGB."""
    return Image.fromarray(scene(number, width, height))


def gray_scene(number: int, width: int, height: int) -> Pixels:
    """The scene as 8-bit gray (height, width)."""
    weights = np.array([299, 587, 114])
    shades: Pixels = (scene(number, width, height).astype(int) @ weights // 1000).astype(np.uint8)
    return shades


def palette_scene(number: int, width: int, height: int) -> Image.Image:
    """The scene in at most 216 colors, mode P; the palette is not in the order of brightness."""
    coarse = scene(number, width, height) // 51
    indices = (coarse.astype(int) @ np.array([36, 6, 1]) * 5 % 216).astype(np.uint8)
    colors = np.zeros((256, 3), dtype=np.uint8)
    colors[indices.reshape(-1)] = coarse.reshape(-1, 3) * 51
    image = Image.frombytes("P", (width, height), indices.tobytes())
    image.putpalette(colors.reshape(-1).tolist())
    return image
