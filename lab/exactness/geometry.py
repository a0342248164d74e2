"""Each model's resizing method (`image_resize` in models.toml), reimplemented with Pillow."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn.functional import interpolate

from conformance.data.models import Model

Resampling = Image.Resampling
Size = tuple[int, int]
Scaling = Callable[[Image.Image, Size], Image.Image]


def side(model: Model) -> int:
    """The side in pixels of the model's input."""
    assert model.image_size is not None
    return model.image_size


def resampling(model: Model) -> Resampling:
    """Bicubic, except for ModernVBERT's tiles (Idefics 3), which use Lanczos."""
    return Resampling.LANCZOS if model.image_resize == "tile" else Resampling.BICUBIC


def resized(image: Image.Image, model: Model, how: Resampling) -> Image.Image:
    """`image` (RGB) in the model's shape."""
    for size in _sizes(image, model):
        image = image.resize(size, how)
    return center(image, side(model)) if model.image_resize == "crop" else image


def resized_by(scale: Scaling, image: Image.Image, model: Model) -> Image.Image:
    """`image` in the model's shape, with each step resized by the given function."""
    for size in _sizes(image, model):
        image = image if image.size == size else scale(image, size)
    return center(image, side(model)) if model.image_resize == "crop" else image


def short_side(image: Image.Image, size: int) -> Image.Image:
    """`image`, resized with bicubic interpolation so that its shorter side is `size` pixels
    long."""
    return image.resize(_short(image, size), Resampling.BICUBIC)


def center(image: Image.Image, size: int) -> Image.Image:
    """The center square of `size` x `size` pixels."""
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))


def _sizes(image: Image.Image, model: Model) -> list[Size]:
    """The sizes to which the image is resized, in order."""
    size = side(model)
    if model.image_resize == "crop":
        return [_short(image, size)]
    # The longer side is resized first, then both sides to whole tiles.
    if model.image_resize == "tile":
        longest = max(image.size)
        first = tuple(max(1, int(length * size / longest)) for length in image.size)
        even = tuple(length + length % 2 if length < longest else length for length in first)
        return [(even[0], even[1]), (size, size)]
    return [(size, size)]


def _short(image: Image.Image, size: int) -> Size:
    if image.width <= image.height:
        return size, int(size * image.height / image.width)
    return int(size * image.width / image.height), size


def without_antialias(how: str) -> Scaling:
    """Torch's interpolation, which by default does not antialias; "nearest" uses integer
    division."""
    aligned = {} if how == "nearest" else {"align_corners": False}

    def scale(image: Image.Image, size: Size) -> Image.Image:
        values = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float()
        grown = interpolate(values, size=(size[1], size[0]), mode=how, **aligned)
        return _image(grown[0].permute(1, 2, 0).numpy())

    return scale


def by_cubic(b: float, c: float) -> Scaling:
    """Resizing by the antialiased Mitchell-Netravali cubic; Pillow's has `b` 0 and `c` 0.5."""

    def scale(image: Image.Image, size: Size) -> Image.Image:
        across, down = (_weights(b, c, *pair) for pair in zip(image.size, size, strict=True))
        return _image(
            np.einsum("yh,hwc,xw->yxc", down, np.array(image, float), across, optimize=True)
        )

    return scale


def _weights(b: float, c: float, before: int, after: int) -> NDArray[np.float64]:
    """The weight of each old pixel of a row in each of the row's new pixels: (after, before)."""
    at = (np.arange(after) + 0.5) * before / after - 0.5
    away = np.abs(np.arange(before) - at[:, None]) / max(before / after, 1)
    near = (12 - 9 * b - 6 * c) * away**3 + (12 * b + 6 * c - 18) * away**2 + 6 - 2 * b
    far = -(b + 6 * c) * away**3 + (6 * b + 30 * c) * away**2 - (12 * b + 48 * c) * away
    weights = np.where(away < 1, near, np.where(away < 2, far + 8 * b + 24 * c, 0))
    found: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return found


def _image(pixels: NDArray[Any]) -> Image.Image:
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))
