"""The image side of the fake encoder: classical computer vision on a 64 x 64 pixel image."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from conformance.corpus import drawings
from conformance.data import fixture_files

SIDE = 64
STENCIL = 24
THUMBNAIL = 8
TURNS = 12
"""Number of drawings of each shape from which stencils are made."""

Array = NDArray[np.float32]


def rgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB. 16-bit grayscale is scaled; Pillow converts all other modes."""
    if picture.mode == "P" and "transparency" in picture.info:
        # Pillow warns about values that RGB cannot represent, and tests turn warnings into errors.
        picture = picture.convert("RGBA")
    if picture.mode.startswith("I"):
        deep = np.asarray(picture, dtype=np.float64)
        return Image.fromarray((deep / 257).clip(0, 255).astype(np.uint8)).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def fit(picture: Image.Image, squash: bool = False) -> Image.Image:
    """The center square of the picture, or the whole picture if `squash`, resized as in an
    encoder."""
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    whole = squash or width == height
    seen = picture if whole else picture.crop((left, top, left + side, top + side))
    return seen.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3)


def distances(pixels: Array) -> Array:
    """The distance (0 to 255) of each pixel's color from the background, the median color of the
    border."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    away: Array = np.abs(pixels - np.median(border, axis=0)).max(axis=2)
    return away


def foreground(pixels: Array) -> NDArray[np.bool_]:
    away = distances(pixels)
    return away > max(40.0, float(np.quantile(away, 0.98)) / 2)


def color_shares(pixels: Array) -> dict[str, float]:
    """The share of the foreground that has each color of the corpus; other colors do not count."""
    found = pixels[foreground(pixels)]
    table = fixture_files.toml("drawings.toml")["colors"]
    if not len(found):
        return dict.fromkeys(table, 0.0)
    palette = np.array(list(table.values()), dtype=np.float32)
    gaps = ((found[:, None, :] - palette[None]) ** 2).sum(axis=2)
    votes = np.exp(-gaps / (2 * 30.0**2)).mean(axis=0)
    return dict(zip(table, votes.tolist(), strict=True))


def shape_shares(pixels: Array) -> dict[str, float]:
    """How well each shape of the corpus covers the foreground, with differences amplified."""
    mask = foreground(pixels)
    if not mask.any():
        return dict.fromkeys(stencils(), 0.0)
    seen = stencil(mask)
    overlaps = {shape: best_overlap(seen, known) for shape, known in stencils().items()}
    top = max(overlaps.values())
    return {shape: top * float(np.exp((value - top) * 20)) for shape, value in overlaps.items()}


def best_overlap(seen: Array, known: Array) -> float:
    """The intersection over union with the best-fitting stencil of `known` (count, area)."""
    both, either = np.minimum(seen, known).sum(axis=1), np.maximum(seen, known).sum(axis=1)
    return float((both / either).max())


def stencil(mask: NDArray[np.bool_]) -> Array:
    """A mask cropped to its bounding box and resized to a fixed size: (area,), 0 to 1."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    gray = Image.fromarray(cut.astype(np.uint8) * 255).resize((STENCIL, STENCIL))
    return np.asarray(gray, dtype=np.float32).reshape(-1) / np.float32(255)


@cache
def stencils() -> dict[str, Array]:
    """Stencils of each shape, from drawings of the corpus: (TURNS, area) each."""
    color = next(iter(fixture_files.toml("drawings.toml")["colors"]))
    found: dict[str, Array] = {}
    for shape in fixture_files.toml("drawings.toml")["shapes"]:
        shown = [drawings.Combination(color, shape)] * TURNS
        drawn = [drawings.draw(what, seed, SIDE * 2) for seed, what in enumerate(shown)]
        masks = [foreground(np.asarray(fit(picture), dtype=np.float32)) for picture in drawn]
        found[shape] = np.array([stencil(mask) for mask in masks])
    return found


def thumbnail(picture: Image.Image) -> Array:
    """A tiny copy, with gray as zero, of at most unit norm: (THUMBNAIL * THUMBNAIL * 3,)."""
    small = picture.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    flat = np.asarray(small, dtype=np.float32).reshape(-1) / np.float32(255) - np.float32(0.5)
    length = np.float32(max(float(np.linalg.norm(flat)), 1.0))
    return (flat / length).astype(np.float32)


def exchanged(picture: Image.Image) -> Image.Image:
    red, green, blue = rgb(picture).split()
    return Image.merge("RGB", (blue, green, red))
