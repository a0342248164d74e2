"""Determine which property of an image causes its rejection: bytes, dimensions, mode, or format.

Copies are sent that share one property with the image and are otherwise plain. If such a copy is
rejected, too, the property that they share is the cause.
"""

import base64
import binascii
import io
from contextlib import suppress
from enum import StrEnum

from PIL import Image

from conformance.corpus import image_files, png_files
from conformance.expect.item_limits import items_of
from conformance.expect.nonconformity import response_signature
from conformance.transport.endpoint import Endpoint, Items
from conformance.transport.exchange import Exchange
from conformance.transport.pace import TooMuch

USUAL = 224
"""Side in pixels of an image that is not rejected because of its size."""
LARGE = 2_000_000
"""Number of pixels from which IMG-06 and IMG-16 apply to an image."""
HEAVY = 20_000
"""Bytes above which a file may be too large."""

DEPTH, BITS = 24, 8
"""The offset of the bit depth in a PNG, and its usual value."""


class Property(StrEnum):
    """The property of an image that causes its rejection."""

    WEIGHT = "weight"
    """Its number of bytes."""
    SIZE = "size"
    MODE = "mode"
    FORMAT = "format"


class RefusedImages:
    """Examines each kind of rejected image once."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._known: dict[tuple[str, ...], Property | None] = {}
        self._of_format: set[tuple[str, str]] = set()
        """Formats in which plain images of a usual size are rejected, with the signature."""

    def property(self, refused: Exchange, is_plain: bool) -> Property | None:
        """The property that causes the rejection of a request with one image.

        `is_plain` means that its format is the subject of the check.
        """
        file = _only_image(refused)
        if not file:
            return None
        unreadable = OSError, ValueError, SyntaxError, Warning
        with suppress(*unreadable, TooMuch), Image.open(io.BytesIO(file)) as image:
            if image.width * image.height > LARGE:
                return None
            image.load()
            return self._looked_up(image, file, response_signature(refused), is_plain)
        return None

    def _looked_up(
        self, image: Image.Image, file: bytes, signature: str, is_plain: bool
    ) -> Property | None:
        kind = str(image.format)
        size = str(len(file) > HEAVY), str(image.size if max(image.size) > USUAL else "")
        key = signature, kind, image.mode, *size
        if key not in self._known:
            self._known[key] = self._found(image, file, signature)
        found = self._known[key]
        usual = USUAL // 2 <= min(image.size) <= max(image.size) <= 2 * USUAL
        deep = kind == "PNG" and file[DEPTH] > BITS
        if found is None and is_plain and usual and image.mode == "RGB" and not deep:
            self._of_format.add((kind, signature))
        return found or (Property.FORMAT if (kind, signature) in self._of_format else None)

    def _found(self, image: Image.Image, file: bytes, signature: str) -> Property | None:
        if not self._serves(image_files.good_image()):
            return None
        if len(file) > HEAVY and self._refuses(png_files.heavy(len(file)), signature):
            return Property.WEIGHT
        if self._refuses(image_files.save(_in_color(image), "PNG"), signature):
            return Property.SIZE
        if self._is_of_mode(image, signature):
            return Property.MODE
        plain = image_files.image(size=USUAL)
        if self._refuses(image_files.save(plain, str(image.format)), signature):
            return Property.FORMAT
        return None

    def _is_of_mode(self, image: Image.Image, signature: str) -> bool:
        if image.mode == "RGB":
            return False
        kind = "TIFF" if image.mode == "CMYK" else "PNG"
        is_refused = self._refuses(image_files.save(_bare(image), kind), signature)
        return is_refused and self._serves(image_files.save(_in_color(image), kind))

    def _serves(self, file: bytes) -> bool:
        return self._asked(file).succeeded

    def _refuses(self, file: bytes, signature: str) -> bool:
        exchange = self._asked(file)
        return not exchange.succeeded and response_signature(exchange) == signature

    def _asked(self, file: bytes) -> Exchange:
        self._endpoint.client.pace.admit([((), [file])])
        return self._endpoint.post(Items((), [file]).body())


def _in_color(image: Image.Image) -> Image.Image:
    bare = image.copy()
    bare.info = {}
    return bare.convert("RGB")


def _bare(image: Image.Image) -> Image.Image:
    """The image without its metadata, which Pillow would copy into other formats."""
    bare = image.copy()
    bare.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return bare


def _only_image(refused: Exchange) -> bytes:
    """The file of a request with one image; empty for any other."""
    with suppress(binascii.Error, ValueError):
        ((kind, item),) = items_of(refused.request_body)
        if kind == "images":
            return base64.b64decode(item, validate=True)
    return b""
