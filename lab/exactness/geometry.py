"""Each model's resizing (`image_resize` in models.toml), reimplemented with Pillow."""

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import interpolate

from conformance.data.models import Model

Resampling = Image.Resampling


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
    return centre(image, side(model)) if model.image_resize == "crop" else image


def resized_without_antialias(image: Image.Image, model: Model, how: str) -> Image.Image:
    """The same with torch's interpolation, which does not filter by default."""
    for size in _sizes(image, model):
        image = _interpolated(image, size, how)
    return centre(image, side(model)) if model.image_resize == "crop" else image


def short_side(image: Image.Image, size: int) -> Image.Image:
    """`image` with its shorter side `size` pixels long, bicubic."""
    return image.resize(_short(image, size), Resampling.BICUBIC)


def centre(image: Image.Image, size: int) -> Image.Image:
    """The `size` x `size` pixels in the middle."""
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))


def _sizes(image: Image.Image, model: Model) -> list[tuple[int, int]]:
    """The sizes to which the image is resized, in order."""
    size = side(model)
    if model.image_resize == "crop":
        return [_short(image, size)]
    if model.image_resize == "tile":  # The longer side first, then both to whole tiles.
        longest = max(image.size)
        first = tuple(max(1, int(length * size / longest)) for length in image.size)
        even = tuple(length + length % 2 if length < longest else length for length in first)
        return [(even[0], even[1]), (size, size)]
    return [(size, size)]


def _short(image: Image.Image, size: int) -> tuple[int, int]:
    if image.width <= image.height:
        return size, int(size * image.height / image.width)
    return int(size * image.width / image.height), size


def _interpolated(image: Image.Image, size: tuple[int, int], how: str) -> Image.Image:
    if image.size == size:
        return image
    values = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float()
    grown = interpolate(values, size=(size[1], size[0]), mode=how, align_corners=False)
    pixels = grown[0].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8)
    return Image.fromarray(pixels.numpy())
