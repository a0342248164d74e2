"""Pictures that show less than, or the same as, the picture that they are made from."""

import io
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from conformance.corpus import encodings

GREY: Final = (128, 128, 128)
WIDEST_BLUR: Final = 0.25
"""Standard deviation of the strongest blur, of the shorter side: nothing but a tint is left."""
MOST_COVERED: Final = 0.9
"""Share of the width that the strongest occlusion covers, from the left."""
NEIGHBOUR: Final = 0.03
"""Share of the width that a picture is shifted by; the edge is what leaves on the other side."""

Alteration = Callable[[Image.Image], bytes]


def blurred(file: bytes, strength: float) -> bytes:
    """The picture out of focus; strength 0 to 1."""
    picture = opened(file)
    radius = WIDEST_BLUR * strength * min(picture.size)
    return encodings.save(picture.filter(ImageFilter.GaussianBlur(radius)), "PNG")


def covered(file: bytes, strength: float) -> bytes:
    """The picture behind a grey board that comes in from the left; strength 0 to 1."""
    picture = opened(file)
    picture.paste(GREY, (0, 0, round(MOST_COVERED * strength * picture.width), picture.height))
    return encodings.save(picture, "PNG")


def opened(file: bytes) -> Image.Image:
    """The picture of a file as RGB."""
    with Image.open(io.BytesIO(file)) as picture:
        return picture.convert("RGB")


def _enlarged(picture: Image.Image) -> bytes:
    larger = picture.resize((picture.width * 3 // 2, picture.height * 3 // 2))
    return encodings.save(larger, "PNG")


def _rough(picture: Image.Image) -> bytes:
    return encodings.save(picture, "JPEG", quality=50)


def _brighter(picture: Image.Image) -> bytes:
    return encodings.save(ImageEnhance.Brightness(picture).enhance(1.08), "PNG")


def _shifted(picture: Image.Image) -> bytes:
    moved = ImageChops.offset(picture, max(1, round(NEIGHBOUR * picture.width)), 0)
    return encodings.save(moved, "PNG")


FADINGS: Final[dict[str, Callable[[bytes, float], bytes]]] = {
    "blur": blurred,
    "occlusion": covered,
}
"""What takes the content away from a picture, by name."""

COPIES: Final[dict[str, Alteration]] = {
    "enlarged by half": _enlarged,
    "as a JPEG of quality 50": _rough,
    "a little brighter": _brighter,
    "shifted a little": _shifted,
}
"""What leaves a picture the same to anybody who looks at it, by name."""
