"""Decode a base64 string into an image, in the color mode of its file.

Encoders get an image as opened, and each follows its library's documented usage. How transparency
is handled depends on the library and its version: transformers 5 composites over white; open_clip
resizes with it and then drops it. Every library reads every mode that a file can have (P, 1, L, LA,
RGBA, I;16, I, F, CMYK); tests/reference/test_fidelity.py contains each library's usage.
"""

import binascii
import io
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

import pybase64
from PIL import Image, UnidentifiedImageError

from reference.errors import RefusedError

FORMATS = (
    "PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB",
    "TIFF", "PPM", "AVIF", "JPEG2000", "ICO", "TGA",
)  # fmt: skip
"""Formats that Pillow may try: raster formats that it decodes itself (EPS would run Ghostscript).

JPEG includes MPO, which some cameras write.
"""

PNG = b"\x89PNG\r\n\x1a\n"
METADATA = (b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tIME")
CHUNK_FRAME = 12
"""Bytes of a chunk's length, kind, and checksum."""
SIGNATURES = [
    (known, re.compile(pattern, re.DOTALL))
    for known, pattern in (
        ("PNG", rb"\x89PNG\r\n\x1a\n"),
        ("JPEG", rb"\xff\xd8\xff"),
        ("GIF", rb"GIF8[79]a"),
        ("WebP", rb"RIFF....WEBP"),
        ("BMP", rb"BM.{12}[\x0c-\x80]\0\0\0"),
        ("TIFF", rb"II\x2a\0|MM\0\x2a"),
        ("JPEG 2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
        ("AVIF", rb"....ftypavi[fs]"),
        ("ICO", rb"\0\0\x01\0"),
        ("PPM", rb"P[1-7]\s"),
    )
]
"""The first bytes of files that are read here."""
UNREAD = [
    (unread, re.compile(pattern, re.DOTALL | re.IGNORECASE))
    for unread, pattern in (
        ("HEIC", rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)"),
        ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL "),
        ("SVG", rb"(?:\xef\xbb\xbf)?\s*<(?:svg[\s>]|!DOCTYPE svg|(?:\?xml|!--).{0,999}<svg)"),
        ("PDF", rb"%PDF-"),
        ("PostScript", rb"%!PS"),
        ("a Photoshop file", rb"8BPS"),
        ("a video", rb"....ftyp(?:iso|mp4|qt|m4v)|\x1aE\xdf\xa3"),
    )
]
"""The first bytes of image files that are not read here."""


def read(encoded: str, name: str, max_pixels: int) -> Image.Image:
    """The image in the base64 string `encoded`, decoded, in the color mode of its file.

    The first frame of an animation, in the stored orientation: the model libraries ignore the
    EXIF orientation too. Raises `RefusedError`, starting with `name`, for anything but one complete
    image of at most `max_pixels`.
    """
    data = decode_base64(encoded, name)
    try:
        return _loaded(data, name, max_pixels)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise almost anything for damaged data.
        bare = without_metadata(data)
        if bare is not None:
            # If that fails too, more than the metadata is damaged, and the first error is better.
            with suppress(Exception):
                return _loaded(bare, name, max_pixels)
        raise RefusedError(f"{name}: {_described(data, error)}") from error


def _loaded(data: bytes, name: str, max_pixels: int) -> Image.Image:
    with _opened(data, name) as image:
        _check_size(image.size, name, max_pixels)
        image.load()
        return image


def decode_base64(encoded: str, name: str) -> bytes:
    """The bytes of a file; raises `RefusedError`, starting with `name`."""
    if encoded[:5].lower() == "data:":
        # Rejected, although it could be read: Weaviate stores the string as a blob, whose other
        # readers expect plain base64, and the vendor's container fails on it without explanation.
        raise RefusedError(f"{name}: is a data: URI; send only the base64 after its comma")
    if not encoded:
        raise RefusedError(f"{name}: is empty; send an image as base64")
    unwrapped = _unwrapped(encoded)
    try:
        return pybase64.b64decode(unwrapped, validate=True)
    except ValueError:  # binascii.Error, or non-ASCII characters.
        return _decoded_strictly(unwrapped, name)


def _decoded_strictly(encoded: str, name: str) -> bytes:
    """Decode 30 times as slowly as pybase64, but with an error message."""
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError as error:
        raise RefusedError(f"{name}: not valid base64 ({error})") from error


def _unwrapped(encoded: str) -> str:
    # Tools such as base64(1) and MIME wrap lines, which is unambiguous.
    return "".join(encoded.split()) if "\n" in encoded or " " in encoded else encoded


def _opened(data: bytes, name: str) -> Image.Image:
    Image.init()  # Loads all of Pillow's plugins, unless they are already loaded.
    formats = [known for known in FORMATS if known in Image.OPEN]  # A build may lack AVIF.
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "more than Pillow opens") from error


def _check_size(size: tuple[int, int], name: str, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise _too_large(name, f"{width} x {height}, limit {max_pixels:,} pixels")


def _too_large(name: str, detail: str) -> RefusedError:
    return RefusedError(f"{name}: too many pixels ({detail})", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def without_metadata(data: bytes) -> bytes | None:
    """A PNG without its texts, profile, and EXIF; None if it has none of them, or is not a PNG.

    Pillow rejects a PNG whose texts or profile are damaged or inflate to more than 1 MiB, although
    no library uses them.
    """
    kept = [data[start:end] for kind, start, end in _chunks(data) if kind not in METADATA]
    bare = PNG + b"".join(kept)
    return bare if kept and len(bare) < len(data) else None


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The kind, start, and end of each chunk of a PNG; the last one may end beyond the data."""
    at = len(PNG) if data.startswith(PNG) else len(data)
    while at + CHUNK_FRAME <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at, at + CHUNK_FRAME + size
        at += CHUNK_FRAME + size


def _described(data: bytes, error: Exception) -> str:
    """The reason why a file could not be opened or decoded."""
    for known, signature in SIGNATURES:
        if signature.match(data):
            detail = _damage(data) or _plain(error)
            return f"the {known} image is damaged or truncated ({detail})"
    for unread, signature in UNREAD:
        if signature.match(data):
            return f"{unread} is not supported; send PNG, JPEG, WebP, GIF, BMP, or TIFF"
    return "not an image in a supported format"


def _damage(data: bytes) -> str:
    """The first chunk of a PNG that is damaged or missing; empty for other formats."""
    if not data.startswith(PNG):
        return ""
    last = b""
    for kind, start, end in _chunks(data):
        last, word = kind, ascii(kind.decode("latin-1"))[1:-1]
        if end > len(data):
            return f"it ends within chunk {word}"
        if zlib.crc32(data[start + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            return f"chunk {word} has a wrong checksum"
    return "" if last == b"IEND" else "it has no end"


def _plain(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its beginning cannot be read"
    # Pillow's messages may contain object addresses; those without are short and useful.
    message = str(error)
    return type(error).__name__ if " at 0x" in message or not message else message


def to_rgb(image: Image.Image) -> Image.Image:
    """`image`, converted to RGB by `Image.convert`, for libraries that convert it before resizing.

    Transparency is dropped, not blended; CMYK is converted without a profile; and values of
    more than 8 bits (modes I;16, I, and F) are clipped at 255, not scaled. A scaled 16-bit image
    would look better, but its vector would match neither the library's nor the vendor's.
    """
    return image if image.mode == "RGB" else quiet(image).convert("RGB")


def quiet(image: Image.Image) -> Image.Image:
    """`image` without its palette's transparency, since Pillow would warn about losing it.

    For libraries that drop transparency; the colors do not change.
    """
    if image.mode == "P" and "transparency" in image.info:
        image = image.copy()
        del image.info["transparency"]
    return image
