"""Images that show less than, or the same as, the image that they are made from."""

import io
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from conformance.corpus import image_files

GREY: Final = (128, 128, 128)
WIDEST_BLUR: Final = 0.25
"""Standard deviation of the strongest blur, of the shorter side: nothing but a tint is left."""
MOST_COVERED: Final = 0.9
"""Share of the width that the strongest occlusion covers, from the left."""
NEIGHBOUR: Final = 0.03
"""Share of the width that an image is shifted by; the edge is what leaves on the other side."""

Alteration = Callable[[Image.Image], bytes]


def blurred(file: bytes, strength: float) -> bytes:
    """The image out of focus; strength 0 to 1."""
    image = opened(file)
    radius = WIDEST_BLUR * strength * min(image.size)
    return image_files.save(image.filter(ImageFilter.GaussianBlur(radius)), "PNG")


def covered(file: bytes, strength: float) -> bytes:
    """The image behind a grey board that comes in from the left; strength 0 to 1."""
    image = opened(file)
    image.paste(GREY, (0, 0, round(MOST_COVERED * strength * image.width), image.height))
    return image_files.save(image, "PNG")


def opened(file: bytes) -> Image.Image:
    """The image of a file as RGB."""
    with Image.open(io.BytesIO(file)) as image:
        return image.convert("RGB")


def _enlarged(image: Image.Image) -> bytes:
    larger = image.resize((image.width * 3 // 2, image.height * 3 // 2))
    return image_files.save(larger, "PNG")


def _rough(image: Image.Image) -> bytes:
    return image_files.save(image, "JPEG", quality=50)


def _brighter(image: Image.Image) -> bytes:
    return image_files.save(ImageEnhance.Brightness(image).enhance(1.08), "PNG")


def _shifted(image: Image.Image) -> bytes:
    moved = ImageChops.offset(image, max(1, round(NEIGHBOUR * image.width)), 0)
    return image_files.save(moved, "PNG")


FADINGS: Final[dict[str, Callable[[bytes, float], bytes]]] = {
    "blur": blurred,
    "occlusion": covered,
}
"""What takes the content away from an image, by name."""

COPIES: Final[dict[str, Alteration]] = {
    "enlarged by half": _enlarged,
    "as a JPEG of quality 50": _rough,
    "a little brighter": _brighter,
    "shifted a little": _shifted,
}
"""What leaves an image the same to anybody who looks at it, by name."""
