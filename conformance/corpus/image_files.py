"""Image files shared by many checks: a drawing in every format, and small, large, and corrupt ones.

Also defines the type that the format and size tests share: a file with the pixels that it shows.
"""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final, Literal

import numpy as np
from PIL import ExifTags, Image

from conformance.corpus import drawings
from conformance.corpus.image_scenes import Pixels

SIZE: Final = 96
SMALL: Final = 32
"""Side in pixels of images that are sent in large numbers and whose content does not matter."""
THUMBNAIL: Final = 52
"""Side in pixels of a thumbnail: twice its displayed size, for high-density screens."""
NOT_BASE64: Final = {
    "percent signs": "%%% not base64 %%%",
    "a short word": "cat",
    "Japanese": "赤い丸",
    "spaces": "  ",
}
NOT_AN_IMAGE: Final = {
    "text": b"this is not an image, it only looks like base64",
    "zeros": bytes(4096),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n",
    "only a PNG signature": b"\x89PNG\r\n\x1a\n",
    "an empty file": b"",
}
KNOWN_PIXELS: Final = 64
"""Number of cached PNG files; many variants of an image share the one with their pixels."""

Demand = Literal["plain", "mode", "lossy", "ink", "clear", "first", "carried", "turned"]


@dataclass(frozen=True)
class Variant:
    """A file and an RGB PNG of its pixels; the file is written when it is first needed.

    `demand` says what its vector must be. "plain": RGB or 8-bit gray in the file, so every library
    gives it the vector of its pixels. "mode": another mode, for which that holds at the model's own
    size. "lossy": the pixels are those that Pillow decodes, and others differ slightly; "ink": the
    same in CMYK, which some libraries convert with a profile. "clear": transparent pixels, with
    white beneath. "first": one of several images, or one with a transparent margin. "carried":
    `pixels` is the file without its metadata. "turned": the file asks to be rotated, which an
    encoder may or may not do.
    """

    name: str
    write: Callable[[], bytes]
    shown: bytes | None
    """The PNG; None if it is what Pillow decodes from the file."""
    demand: Demand = "plain"
    is_pair: bool = False
    """Whether all of its values occur in other variants too, so that only ``--slow`` needs it."""

    @cached_property
    def file(self) -> bytes:
        """The file's bytes."""
        return self.write()

    @cached_property
    def pixels(self) -> bytes:
        """A PNG with the pixels that the file shows."""
        return decoded(self.file) if self.shown is None else self.shown


def save(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of Pillow's format `kind`."""
    sink = io.BytesIO()
    # Only PNG has a compression level; at Pillow's default, compressing takes twice as long.
    image.save(sink, kind, **{"compress_level": 1, **options})
    return sink.getvalue()


def png(pixels: Pixels) -> bytes:
    """A plain RGB PNG of grayscale values (h, w) or colors (h, w, 3)."""
    return _png(pixels.tobytes(), pixels.shape)


@lru_cache(KNOWN_PIXELS)
def _png(raw: bytes, shape: tuple[int, ...]) -> bytes:
    pixels = np.frombuffer(raw, dtype=np.uint8).reshape(shape)
    return save(Image.fromarray(pixels).convert("RGB"), "PNG")


def decoded(file: bytes) -> bytes:
    """A plain RGB PNG of what Pillow decodes from a lossy file."""
    return save(opened(file), "PNG")


def opened(file: bytes) -> Image.Image:
    """The image of a file as RGB."""
    with Image.open(io.BytesIO(file)) as image:
        return image.convert("RGB")


def brought_to(file: bytes, side: int | None) -> bytes:
    """A PNG of an image file, as a square of `side` pixels if that is given."""
    image = opened(file)
    return save(image.resize((side, side), Image.Resampling.NEAREST) if side else image, "PNG")


def opaque(pixels: Pixels, depth: type[np.unsignedinteger] = np.uint8) -> Pixels:
    """Gray values (h, w) or colors (h, w, 3) with a fully opaque alpha channel appended."""
    several = pixels if pixels.ndim == 3 else pixels[..., None]
    full = np.full((*several.shape[:2], 1), np.iinfo(depth).max, dtype=depth)
    return np.concatenate([several.astype(depth), full], axis=2)


def described(content: bytes) -> str:
    """Format and size of one of the suite's own images, in words."""
    with Image.open(io.BytesIO(content)) as image:
        return f"{image.format} of {image.width} x {image.height}"


def thumbnail(content: bytes) -> str:
    """A data: URI, about 1 kB, of the image in a file's bytes, for reports."""
    small = opened(content)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return f"data:image/jpeg;base64,{encoded(save(small, 'JPEG', quality=70))}"


def encoded(content: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(content).decode()


def image(number: int = 0, size: int = SIZE) -> Image.Image:
    """An RGB drawing with few enough colors for a palette; a different one for each number."""
    shown = drawings.combinations()
    drawn = drawings.draw(shown[number % len(shown)], drawings.HELD_OUT_SEEDS[1], size)
    return drawn.quantize(64, dither=Image.Dither.NONE).convert("RGB")


@cache
def good_image(number: int = 0, size: int = SIZE) -> bytes:
    """A PNG that every endpoint must read."""
    return save(image(number, size), "PNG")


def small_png(number: int = 0) -> bytes:
    """A small PNG of one of the drawings."""
    return good_image(number, SMALL)


@cache
def small_bmp(number: int = 0) -> bytes:
    """A small BMP of a drawing; all such files have the same length and the same first bytes."""
    return save(image(number, SMALL), "BMP")


def truncated(kind: str) -> bytes:
    """The first half of an image's file."""
    whole = save(image(1, 256), kind)
    return whole[: len(whole) // 2]


@cache
def extreme_sizes() -> dict[str, bytes]:
    """Images of one pixel, of one row or column, and very wide; recordings refer to these names."""
    drawing = image()
    sizes = [(1, 1), (1, 500), (500, 1), (4000, 10)]
    return {f"{w} x {h}": save(drawing.resize((w, h)), "PNG") for w, h in sizes}


def tiny() -> dict[str, bytes]:
    """Images smaller than a block of any codec, in every common format."""
    return {
        f"{kind} of {w} x {h}": save(image().resize((w, h)), kind)
        for w, h in ((1, 1), (7, 9))
        for kind in ("GIF", "JPEG", "WEBP", "BMP", "TIFF")
    }


def exif(orientation: int | None, endian: Literal["<", ">"] = "<") -> Image.Exif:
    """Metadata as written by a camera, or by a program that omits the orientation."""
    exif = Image.Exif()
    exif.endian = endian
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Clip"
    exif[ExifTags.Base.DateTime] = "2026:11:23 12:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return exif
