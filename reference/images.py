"""Decode a base64 string into an image in its file's own mode.

Encoders are given an image as opened, and each does what its library's documented usage does. So
what becomes of transparency is the library's choice, and changes with its version: transformers
composes it on white since 5, open_clip resizes with it and then drops it. Every mode that a file
can have (P, 1, L, LA, RGBA, I;16, I, F, CMYK) is read by every library; tests/reference/
test_fidelity.py writes each usage out.
"""

import binascii
import io
from http import HTTPStatus

import pybase64
from PIL import Image

from reference.errors import RefusedError

FORMATS = (
    "PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB",
    "TIFF", "PPM", "AVIF", "JPEG2000", "ICO", "TGA",
)  # fmt: skip
"""What Pillow may try: raster formats it decodes itself (EPS, say, would start Ghostscript).

JPEG includes MPO, what some cameras write.
"""


def read(encoded: str, name: str, max_pixels: int) -> Image.Image:
    """The image in the base64 string `encoded`, decoded, in the colour mode of its file.

    The first frame of an animation, orientation as stored: the model libraries turn no image by
    its EXIF tag either. Raises `RefusedError`, starting with `name`, for what is not one whole
    image of at most `max_pixels`.
    """
    try:
        with _opened(decode_base64(encoded, name), name) as image:
            _check_size(image.size, name, max_pixels)
            image.load()
            return image
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged data
        raise RefusedError(
            f"{name}: the image is damaged or cut short ({_plain(error)})"
        ) from error


def decode_base64(encoded: str, name: str) -> bytes:
    """The bytes of a file; raises `RefusedError`, starting with `name`."""
    if encoded[:5].lower() == "data:":
        # Refused, though easily read: Weaviate stores the string as a blob, whose other readers
        # expect bare base64, and the vendor's container fails on it without saying why.
        raise RefusedError(f"{name}: is a data: URI; send only the base64 after its comma")
    if not encoded:
        raise RefusedError(f"{name}: is empty; send an image as base64")
    unwrapped = _unwrapped(encoded)
    try:
        return pybase64.b64decode(unwrapped, validate=True)
    except ValueError:  # binascii.Error, or characters outside ASCII
        return _decoded_strictly(unwrapped, name)


def _decoded_strictly(encoded: str, name: str) -> bytes:
    """Thirty times as slow as pybase64, but it says what is wrong."""
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError as error:
        raise RefusedError(f"{name}: not valid base64 ({error})") from error


def _unwrapped(encoded: str) -> str:
    # Tools such as base64(1) and MIME wrap lines; that much is unambiguous.
    return "".join(encoded.split()) if "\n" in encoded or " " in encoded else encoded


def _opened(data: bytes, name: str) -> Image.Image:
    Image.init()  # all of Pillow's plugins; at once if that was done before
    formats = [known for known in FORMATS if known in Image.OPEN]  # a build may lack AVIF, say
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "more than Pillow opens") from error
    except Exception as error:  # UnidentifiedImageError, or a parser's surprise
        raise RefusedError(f"{name}: not an image in a format that is read here") from error


def _check_size(size: tuple[int, int], name: str, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise _too_large(name, f"{width} x {height}, limit {max_pixels:,} pixels")


def _too_large(name: str, detail: str) -> RefusedError:
    return RefusedError(f"{name}: too many pixels ({detail})", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _plain(error: Exception) -> str:
    # Messages of Pillow may hold object addresses; those without are short and useful.
    message = str(error)
    return type(error).__name__ if " at 0x" in message or not message else message


def to_rgb(image: Image.Image) -> Image.Image:
    """`image` as RGB by `Image.convert`, for a usage that does this first.

    So transparency is dropped, not blended; CMYK is converted without a profile; and values of
    more than 8 bits (modes I;16, I and F) are clipped at 255, not scaled. A scaled 16-bit image
    would look better, but its vector would be neither the library's nor the vendor's container's.
    """
    return image if image.mode == "RGB" else quiet(image).convert("RGB")


def quiet(image: Image.Image) -> Image.Image:
    """`image` without its palette's transparency, about whose loss Pillow would warn.

    For a usage that drops it: the colours stay what they are.
    """
    if image.mode == "P" and "transparency" in image.info:
        image = image.copy()
        del image.info["transparency"]
    return image
