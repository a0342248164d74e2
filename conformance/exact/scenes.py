"""Images made of whole numbers alone: every version of every library draws the same pixels."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

_COLOURS: Final = (
    ((236, 226, 208), (212, 40, 36), (28, 84, 190), (250, 196, 20)),
    ((202, 224, 240), (30, 150, 70), (150, 40, 140), (245, 120, 20)),
    ((40, 44, 60), (245, 230, 120), (70, 190, 200), (230, 60, 110)),
)
"""Background, disc, bar and corner of each scene; no two channels alike."""


def scene(number: int, width: int, height: int) -> Pixels:
    """An RGB scene (height, width, 3): a shaded ground, a disc, a bar, a corner, fine stripes.

    Nothing is symmetric, and something lies beside the centre square on every side: a crop in
    another place, a mirror or another interpolation shows.
    """
    ground, disc, bar, corner = (np.array(colour) for colour in _COLOURS[number % len(_COLOURS)])
    # A thousandth of each side; whole numbers, so that no rounding mode matters.
    x = (np.arange(width) * 2 + 1)[None, :] * 500 // width
    y = (np.arange(height) * 2 + 1)[:, None] * 500 // height
    image = ground[None, None, :] - (x + y)[:, :, None] * np.array([40, 15, 60]) // 2000
    image = np.where((((x - 400) ** 2 + (y - 420) ** 2) < 230**2)[:, :, None], disc, image)
    image = np.where(((x > 560) & (x < 900) & (y > 610) & (y < 780))[:, :, None], bar, image)
    image = np.where(((x > 840) & (y < 140 + x // 20))[:, :, None], corner, image)
    return _striped(image, x, y).clip(0, 255).astype(np.uint8)


def _striped(
    image: npt.NDArray[np.int_], x: npt.NDArray[np.int_], y: npt.NDArray[np.int_]
) -> npt.NDArray[np.int_]:
    """Stripes one and two pixels wide, which interpolations without a filter alias."""
    rows, columns = np.indices(image.shape[:2])
    fine = (y > 820) & (x < 500) & ((rows + columns) % 2 == 0)
    wide = (x < 120) & (y < 800) & (columns // 2 % 2 == 0)
    return np.where((fine | wide)[:, :, None], 255 - image, image)


def rgb(number: int, width: int, height: int) -> Image.Image:
    """The scene as an image of mode RGB."""
    return Image.fromarray(scene(number, width, height))


def grey(number: int, width: int, height: int) -> Pixels:
    """The scene as 8-bit grey (height, width)."""
    weights = np.array([299, 587, 114])
    shades: Pixels = (scene(number, width, height).astype(int) @ weights // 1000).astype(np.uint8)
    return shades


def palette(number: int, width: int, height: int) -> Image.Image:
    """The scene in at most 216 colours, mode P; the order of the colours is unlike their grey."""
    coarse = scene(number, width, height) // 51
    indices = (coarse.astype(int) @ np.array([36, 6, 1]) * 5 % 216).astype(np.uint8)
    colours = np.zeros((256, 3), dtype=np.uint8)
    colours[indices.reshape(-1)] = coarse.reshape(-1, 3) * 51
    image = Image.frombytes("P", (width, height), indices.tobytes())
    image.putpalette(colours.reshape(-1).tolist())
    return image
