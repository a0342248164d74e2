"""The items whose exact vectors are known: texts and images by name, the same in every run."""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from conformance.corpus import photographs
from conformance.data import fixture_files
from conformance.exact import scenes

_LONG: Final = (
    "north river lamp stone cloud seven garden iron paper wolf bridge salt window amber horse nine "
    "valley copper letter moon harbour glass thirty feather orchard violin snow engine pepper coast"
)

TEXTS: Final[dict[str, str]] = {
    "plain": "a red circle",
    "sentence": "Two blue squares beside a yellow star, seen from above.",
    "caption": "a portrait of an astronaut with the American flag",
    "empty": "",
    "blanks": "   ",
    "cased": "A RED Circle ON White Paper",
    "lower-cased": "a red circle on white paper",
    "punctuation": "it's a dog's life -- isn't it? (yes; no: 50% off!)",
    "blanks and lines": "  two  blanks,\ta tab\nand a line  ",
    "numbers": "12,345.67 metres in 2024",
    "accents": "Café crème, naïve façade, Ångström",
    "combining accents": "Cafe\u0301 cre\u0300me",
    "markup": "fish &amp; chips <b>bold</b>",
    "German": "ein rotes Quadrat auf weißem Grund",
    "French": "un cercle vert près d'une étoile",
    "Russian": "синий треугольник",
    "Greek": "ένα κόκκινο τετράγωνο",
    "Arabic": "دائرة حمراء",
    "Hindi": "एक लाल वृत्त",
    "Chinese": "一个红色的圆形",
    "Japanese": "緑の正方形の写真",
    "Korean": "파란 삼각형",
    "Thai": "วงกลมสีแดง",
    "emoji": "🚀 launch 😀",
    "long": " ".join([_LONG] * 4),
    "long sentence, cased": "The Quick Brown Fox jumps over the lazy dog. " * 20,
}
"""Texts by name."""

SHIPPED: Final = {
    "JPEG": "plain.jpg",
    "progressive JPEG": "progressive.jpg",
    "grey JPEG": "grey.jpg",
    "CMYK JPEG": "cmyk.jpg",
    "JPEG turned by EXIF": "turned.jpg",
    "lossy WebP": "lossy.webp",
}
"""Lossy files, kept as files: another encoder would write other pixels."""

PHOTOGRAPHS: Final = ("page", "astronaut", "rocket", "chelsea", "horse", "coffee", "color", "logo")

GENERAL: Final = {
    "text": ("sentence", "cased", "accents", "punctuation", "long", "empty"),
    "image": ("own size", "larger, wide", "smaller"),
}
"""Items that nearly every mistake moves; the sketches of such mistakes are kept for these alone."""

SPECIAL: Final = {
    "text": (),
    "image": (
        "RGBA PNG",
        "palette PNG",
        "16-bit grey PNG",
        "CMYK TIFF",
        "animated GIF",
        "JPEG turned by EXIF",
    ),
}
"""Items that only a mistake with their mode or format moves."""

_WIDTH, _HEIGHT = 150, 110


def diagnostic(kind: str, moved: Sequence[str]) -> tuple[str, ...]:
    """The items that a mistake is told by, given those that it moves."""
    general = GENERAL[kind]
    return general if set(moved) & set(general) else (*general, *SPECIAL[kind])


def texts() -> dict[str, str]:
    """Texts by name, in a fixed order."""
    return dict(TEXTS)


def images(size: int) -> dict[str, bytes]:
    """Image files by name, in a fixed order, for a model whose images are `size` pixels."""
    return sized(size) | modes() | formats() | shipped() | photos()


def sized(size: int) -> dict[str, bytes]:
    """RGB PNGs: two of the model's own size, others larger, smaller, and of other shapes."""
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
    return {name: _png(scenes.rgb(*shape)) for name, shape in shapes.items()}


def modes() -> dict[str, bytes]:
    """One scene in every colour mode."""
    shape = (1, _WIDTH, _HEIGHT)
    palette, shades = scenes.palette(*shape), scenes.grey(*shape)
    colour, alpha = scenes.rgb(*shape), _alpha()
    translucent, grey = colour.copy(), Image.fromarray(shades)
    translucent.putalpha(alpha)
    both = Image.merge("LA", (grey, alpha))
    bits = Image.fromarray(np.where(shades > 128, 255, 0).astype(np.uint8)).convert("1")
    return {
        "palette PNG": _png(palette),
        "palette PNG with a transparent colour": _file(palette, "PNG", transparency=0),
        "RGBA PNG": _png(translucent),
        "grey PNG": _png(grey),
        "grey PNG with alpha": _png(both),
        "1-bit PNG": _png(bits),
        "16-bit grey PNG": _png(Image.fromarray(shades.astype(np.uint16) * np.uint16(7))),
        "CMYK TIFF": _file(colour.convert("CMYK"), "TIFF"),
    }


def formats() -> dict[str, bytes]:
    """Scenes in file formats that lose nothing."""
    colour, palette = scenes.rgb(2, _WIDTH, _HEIGHT), scenes.palette(2, _WIDTH, _HEIGHT)
    other = scenes.palette(0, _WIDTH, _HEIGHT)
    animation = {"save_all": True, "append_images": [other], "duration": 100}
    return {
        "BMP": _file(colour, "BMP"),
        "TIFF": _file(colour, "TIFF", compression="tiff_lzw"),
        "lossless WebP": _file(colour, "WEBP", lossless=True, exact=True),
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
    """Photographs at their own size, as scikit-image has them."""
    return {f"photograph {name}": photographs.raw(name) for name in PHOTOGRAPHS}


def _alpha() -> Image.Image:
    """Opaque on the left, more and more transparent to the right."""
    row = 255 - np.arange(_WIDTH) * 200 // _WIDTH
    return Image.fromarray(np.tile(row.astype(np.uint8), (_HEIGHT, 1)))


def _png(image: Image.Image) -> bytes:
    return _file(image, "PNG")


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, kind, **options)
    return sink.getvalue()
