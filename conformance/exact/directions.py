"""Directions, how far apart they are, and short sketches of their differences."""

from functools import cache
from random import Random
from typing import Final

import numpy as np

from conformance.data.tolerances import Array

SKETCH: Final = 64
"""Numbers of a sketch. A distance between sketches is right to about 10 % (1 / sqrt(2 * 64))."""


def unit(vector: Array) -> Array:
    """The vector's direction, of length one; a zero vector stays zero."""
    norm = float(np.linalg.norm(vector))
    direction: Array = (vector / norm if norm else vector).astype(np.float32)
    return direction


def apart(one: Array, other: Array) -> float:
    """The distance of two directions: 0 is the same, 1.41 at right angles, 2 opposite."""
    return float(np.linalg.norm(unit(one).astype(np.float64) - unit(other)))


def sketch(difference: Array) -> Array:
    """`difference` (d,) as `SKETCH` numbers with nearly the same length: signed sums."""
    short: Array = (difference @ _signs(len(difference))).astype(np.float32)
    return short


@cache
def _signs(dimension: int) -> Array:
    # Python's generator gives the same bits in every version, numpy's need not.
    bits = Random(dimension).getrandbits(dimension * SKETCH)
    raw = np.frombuffer(bits.to_bytes(dimension * SKETCH // 8, "little"), dtype=np.uint8)
    signs = np.unpackbits(raw).reshape(dimension, SKETCH).astype(np.float32) * 2 - 1
    scaled: Array = (signs / np.sqrt(SKETCH)).astype(np.float32)
    return scaled
