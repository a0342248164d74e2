"""Small images for checks that send many: it is the number that matters, not the picture."""

from functools import cache

from conformance.corpus import image_files

SIDE = 32


@cache
def png(number: int = 0) -> bytes:
    """A PNG of one of the drawings."""
    return image_files.save(image_files.image(number, SIDE), "PNG")


@cache
def bmp(number: int = 0) -> bytes:
    """A BMP of one of the drawings: all have the same number of bytes and the same first ones."""
    return image_files.save(image_files.image(number, SIDE), "BMP")
