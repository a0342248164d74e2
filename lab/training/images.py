"""Batches of drawings as pixel tensors, some of them degraded by a known amount."""

from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Final

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter

from conformance.corpus.drawings import TRAINING_SEEDS, combinations, draw

CLIP_SCALE: Final = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
"""Mean and standard deviation of each channel, for values from 0 to 1 (openai/CLIP, clip.py)."""

SIGLIP_SCALE: Final = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
"""The same for SigLIP (transformers, SiglipImageProcessor)."""

Scale = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Drawings:
    """`pixels` (count, 3, size, size), `labels` (count,) and the degraded `shares`."""

    pixels: torch.Tensor
    labels: torch.Tensor
    shares: torch.Tensor


class Images:
    """Draws images of `size` x `size` pixels, scaled as by the model's processor."""

    def __init__(self, size: int, scale: Scale, chance: Random) -> None:
        self._size = size
        self._mean, self._deviation = (
            torch.tensor(row, dtype=torch.float32).view(1, 3, 1, 1) * 255 for row in scale
        )
        self._chance = chance
        self._known = combinations()
        self._deck: list[int] = []

    def batch(self, count: int) -> Drawings:
        """`count` drawings, a fifth of them degraded, using all combinations in turn."""
        labels = [self._next() for _ in range(count)]
        made = [self._image(label) for label in labels]
        return Drawings(
            self._pixels([image for image, _ in made]),
            torch.tensor(labels),
            torch.tensor([share for _, share in made]),
        )

    def _next(self) -> int:
        if not self._deck:
            self._deck = list(range(len(self._known)))
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    def _image(self, label: int) -> tuple[Image.Image, float]:
        seed = self._chance.randrange(TRAINING_SEEDS.start, TRAINING_SEEDS.stop)
        other = self._chance.random() < 0.3
        size = round(self._size * self._chance.uniform(0.4, 1.4)) if other else self._size
        image = draw(self._known[label], seed, size)
        if other:
            image = image.resize((self._size, self._size), Image.Resampling.BICUBIC)
        share = 0.0
        if self._chance.random() < 0.2:
            share = self._chance.uniform(0.1, 1)
            spoil = self._chance.choice([_covered, _blurred])
            image = spoil(image, share, self._chance)
        if self._chance.random() < 0.3:
            image = _through_jpeg(image, self._chance.randint(40, 95))
        return image, share

    def _pixels(self, images: list[Image.Image]) -> torch.Tensor:
        stacked = torch.from_numpy(np.stack([np.asarray(image) for image in images]))
        values = stacked.permute(0, 3, 1, 2).contiguous().float()
        return values.sub_(self._mean).div_(self._deviation)


def _covered(image: Image.Image, share: float, chance: Random) -> Image.Image:
    """The image with `share` of it covered in gray, from any side."""
    size = image.width
    edge = round(size * share)
    boxes = [
        (0, 0, size, edge),
        (0, size - edge, size, size),
        (0, 0, edge, size),
        (size - edge, 0, size, size),
    ]
    gray = chance.randint(100, 200)
    image = image.copy()
    ImageDraw.Draw(image).rectangle(chance.choice(boxes), fill=(gray, gray, gray))
    return image


def _blurred(image: Image.Image, share: float, _: Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(0.2 * share * image.width))


def _through_jpeg(image: Image.Image, quality: int) -> Image.Image:
    held = BytesIO()
    image.save(held, "JPEG", quality=quality)
    return Image.open(held).convert("RGB")
