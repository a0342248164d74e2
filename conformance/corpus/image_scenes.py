"""Simple pictures of any size, with known pixels, for testing image formats.

A scene has large areas of strong colors, and no two halves are alike. Swapped channels, rows read
from the wrong end or with the wrong length, and missing parts therefore all change much of it.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Size = tuple[int, int]
"""Width and height."""

BASE: Final = (
    (230, 30, 30), (250, 240, 220), (20, 60, 200), (30, 150, 60),
    (250, 210, 20), (120, 20, 140), (250, 130, 20), (20, 20, 30),
    (60, 190, 230), (240, 150, 180), (130, 80, 30), (200, 200, 190),
    (140, 220, 40), (10, 90, 100), (180, 20, 80), (90, 90, 250),
)  # fmt: skip
PURE: Final = (
    (255, 0, 0), (255, 255, 255), (0, 0, 255), (0, 255, 0),
    (255, 255, 0), (255, 0, 255), (0, 255, 255), (0, 0, 0),
)  # fmt: skip
"""Colors that can be represented exactly with 5 bits per channel as well as with 8."""
AREAS: Final = 4
CHECKS: Final = 36
TILES: Final = 16
STEP: Final = 7
"""Difference between shades of a base color, if a scene has more colors than base colors."""


def indices(width: int, height: int, colors: int = 16, scene: int = 0) -> Pixels:
    """Which of `colors` (2 to 256) each pixel has, shape (height, width).

    There are 4 x 4 areas; if there are more colors than areas, an area consists of shaded tiles.
    """
    order = np.random.default_rng(scene).permutation(AREAS * AREAS).reshape(AREAS, AREAS)
    side = TILES // AREAS
    area = order.repeat(side, axis=0).repeat(side, axis=1)
    tile = np.tile(np.arange(side * side).reshape(side, side), (AREAS, AREAS))
    tiles: Pixels = ((area + TILES * tile) % colors).astype(np.uint8)
    across, down = np.arange(width) * TILES // width, np.arange(height) * TILES // height
    return tiles[down[:, None], across[None]]


@cache
def palette(colors: int) -> Pixels:
    """As many different colors as requested, shape (colors, 3)."""
    number = np.arange(colors)
    base = np.array(BASE)[number % len(BASE)]
    shade = (number // len(BASE)) * STEP
    # Bright channels get darker, and dark ones brighter.
    return np.where(base > 127, base - shade[:, None], base + shade[:, None]).astype(np.uint8)


@cache
def shades(levels: int) -> Pixels:
    """Gray values from black to white, with dissimilar neighbors, shape (levels,)."""
    even = np.arange(levels) * 255 // (levels - 1)
    return np.concatenate([even[::2], even[1::2]]).astype(np.uint8)


def color(width: int, height: int, colors: int = 16, scene: int = 0) -> Pixels:
    """The scene in colors, shape (height, width, 3)."""
    return palette(colors)[indices(width, height, colors, scene)]


def pure(width: int, height: int, colors: int = 8, scene: int = 0) -> Pixels:
    """The scene in colors whose channels are 0 or 255, shape (height, width, 3)."""
    return np.array(PURE, dtype=np.uint8)[indices(width, height, colors, scene)]


def gray(width: int, height: int, levels: int = 16, scene: int = 0) -> Pixels:
    """The scene in grayscale values, shape (height, width)."""
    return shades(levels)[indices(width, height, levels, scene)]


def bands(width: int, height: int, scene: int = 0) -> Pixels:
    """Three bands, each of one color, that look the same whether a model crops or squashes.

    The bands lie along the longer side, so that the middle square shows the same as the whole
    image. If the shorter side has one or two pixels, each band is one pixel. Shape (height, width,
    3).
    """
    colors = np.array([BASE[(5 * scene + 3 * step) % len(BASE)] for step in range(3)])
    band = np.arange(min(width, height)) * 3 // min(width, height)
    # Copying whole rows is many times faster than writing three bytes at a time.
    if height <= width:
        rows = np.tile(colors.astype(np.uint8), (1, width))[band]
    else:
        rows = np.repeat(colors.astype(np.uint8)[band].reshape(1, -1), height, axis=0)
    return rows.reshape(height, width, 3)


def tiles(width: int, height: int) -> Pixels:
    """Areas that are large enough for any filter and reveal a mirrored or rotated copy.

    There are 6 along the longer side, whose length is a multiple of 6, and 4 along the other, whose
    length is a multiple of 4. Shape (height, width, 3).
    """
    down, across = (4, 6) if height <= width else (6, 4)
    places = np.arange(down * across).reshape(down, across)
    areas = np.array(BASE, dtype=np.uint8)[(5 * places + places // across) % len(BASE)]
    grown: Pixels = areas.repeat(height // down, axis=0).repeat(width // across, axis=1)
    return grown


def checks(width: int, height: int) -> Pixels:
    """A checkerboard with 36 rows, which turns into a single color if it is shrunk too far.

    Shape (height, width, 3).
    """
    side = height / CHECKS
    odd = (np.arange(height) // side)[:, None] + np.arange(width) // side
    board: Pixels = np.array(BASE, dtype=np.uint8)[odd.astype(int) % 2 * 2]
    return board


def flat(width: int, height: int, shade: tuple[int, int, int]) -> Pixels:
    """One color, shape (height, width, 3)."""
    return np.full((height, width, 3), shade, dtype=np.uint8)


def detailed(width: int, height: int) -> Image.Image:
    """Structures of every size down to a pixel, as a substitute for missing photographs."""
    rng = np.random.default_rng(11)
    sums = np.zeros((height, width, 3), dtype=np.float32)
    for part in (64, 32, 16, 8, 4, 2, 1):
        size = (-(-height // part), -(-width // part), 3)
        layer = Image.fromarray(rng.integers(0, 256, size, dtype=np.uint8))
        grown = layer.resize((width, height), Image.Resampling.BICUBIC)
        sums += np.asarray(grown, dtype=np.float32) * part
    return Image.fromarray((sums / 127).astype(np.uint8))
