"""Images in other colour modes than RGB.

Encoders are given an image as opened, and each does what its library's documented usage does. So
what becomes of transparency is the library's choice, and changes with its version: transformers
composes it on white since 5, open_clip resizes with it and then drops it. Every mode that a file
can have (P, 1, L, LA, RGBA, I;16, I, F, CMYK) is read by every library; tests/reference/
test_fidelity.py writes each usage out.
"""

from PIL.Image import Image


def to_rgb(image: Image) -> Image:
    """`image` as RGB by `Image.convert`, for a usage that does this first.

    So transparency is dropped, not blended; CMYK is converted without a profile; and values of
    more than 8 bits (modes I;16, I and F) are clipped at 255, not scaled. A scaled 16-bit image
    would look better, but its vector would be neither the library's nor the vendor's container's.
    """
    return image if image.mode == "RGB" else quiet(image).convert("RGB")


def quiet(image: Image) -> Image:
    """`image` without its palette's transparency, about whose loss Pillow would warn.

    For a usage that drops it: the colours stay what they are.
    """
    if image.mode == "P" and "transparency" in image.info:
        image = image.copy()
        del image.info["transparency"]
    return image
