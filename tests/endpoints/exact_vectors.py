"""The libraries' vectors for the suite's fixed items, which a fake encoder must return."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from conformance.data import models
from conformance.exact import expected, items

Matrix = NDArray[np.float32]


@cache
def texts(tag: str) -> dict[str, Matrix]:
    """The vectors (width,) by text; none for a tag without exact vectors."""
    if tag not in expected.tags():
        return {}
    shipped = expected.load(tag)
    return {text: single(shipped.texts[name]) for name, text in items.texts().items()}


@cache
def images(tag: str) -> dict[str, Matrix]:
    """The vectors (width,) by the digest of the image's file."""
    if tag not in expected.tags():
        return {}
    shipped, size = expected.load(tag), models.find(tag).image_size
    assert size is not None
    files = items.images(size)
    return {expected.digest(file): single(shipped.images[name][0]) for name, file in files.items()}


def single(vector: NDArray[np.floating]) -> Matrix:
    """The vector in float32, like all vectors of a fake encoder."""
    return np.ascontiguousarray(vector, dtype=np.float32)


def text(tag: str, width: int, content: str) -> Matrix | None:
    """The vector of a known text, if the fake encoder has the checkpoint's dimension."""
    known = texts(tag).get(content)
    return known if known is not None and len(known) == width else None


def image(tag: str, width: int, file: bytes) -> Matrix | None:
    """The vector of a known image file, if the fake encoder has the checkpoint's dimension."""
    known = images(tag).get(expected.digest(file)) if images(tag) else None
    return known if known is not None and len(known) == width else None
