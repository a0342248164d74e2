"""Which items each clause of the group EXA is about."""

from typing import Final

from conformance.exact import items

LONG: Final = ("long", "long sentence, cased")
EMPTY: Final = ("empty", "blanks")
CASED: Final = ("cased", "lower-cased")
PLAIN: Final = (
    "plain",
    "sentence",
    "caption",
    "punctuation",
    "blanks and lines",
    "numbers",
    "markup",
)
LANGUAGES: Final = tuple(
    name for name in items.TEXTS if name not in (*LONG, *EMPTY, *CASED, *PLAIN)
)
"""Other languages, accents and emoji."""

OWN_SIZE: Final = ("own size", "own size, dark")
RESIZED: Final = (
    "larger, wide",
    "larger, tall",
    "twice as large",
    "one pixel larger",
    "smaller",
    "smaller, wide",
    "smaller, tall",
    "strip",
)
FORMATS: Final = ("BMP", "TIFF", "lossless WebP", "GIF", "animated GIF")
MODES: Final = (
    "palette PNG",
    "palette PNG with a transparent colour",
    "RGBA PNG",
    "grey PNG",
    "grey PNG with alpha",
    "1-bit PNG",
    "16-bit grey PNG",
    "CMYK TIFF",
    "one pixel",
)
LOSSY: Final = tuple(items.SHIPPED)
PHOTOGRAPHS: Final = tuple(f"photograph {name}" for name in items.PHOTOGRAPHS)
PRECISE: Final = (*OWN_SIZE, *RESIZED, "BMP", "TIFF", "lossless WebP")
"""RGB images without loss: every library and every decoder sees the same pixels."""
