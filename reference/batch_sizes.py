"""Which batch sizes may be used, measured on the device at hand when the model is loaded.

An image is to have the same vector to the last bit alone, in company and under load: Weaviate's
own acceptance test compares two requests. A matrix product may round a row differently in a batch
of another size, by processor and library; so sizes are tried, and those that change a bit are out.
Texts may differ in the last digits (their tolerance is the contract's), but by nothing that
depends on what the companions say, since all texts of a batch have the same length.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from reference.encoders.inputs import Inputs
from reference.inference import Computing, Kind, Vectors

CANDIDATES = {"cpu": (2, 4, 8), "cuda": (2, 4, 8, 16, 32, 64)}
TEXTS = {"cpu": 32, "cuda": 128}
"""Texts a forward pass: enough to fill a processor, few enough that memory stays small."""

TOKENS = {"cpu": 4096, "cuda": 16_384}
"""Tokens a forward pass, so that texts of thousands of them go one by one."""

SECONDS = 20.0
"""At most about so long is spent on trying: a large model on a slow processor takes one by one."""

GAIN = 0.98
"""A larger batch is of use if an image takes less than this part of its time before."""


@dataclass(frozen=True)
class BatchSizes:
    """What may be computed at once."""

    images: Sequence[int]
    """Ascending, from 1."""
    texts: int
    tokens: int

    def largest(self, kind: Kind, inputs: Inputs, waiting: int) -> int:
        """The largest batch of items like `inputs`, of which `waiting` are there."""
        if kind == "image":
            return max(size for size in self.images if size <= waiting)
        length: int = next(iter(inputs.values())).shape[1]
        return min(waiting, self.texts, max(1, self.tokens // length))


def measured(computing: Computing) -> BatchSizes:
    """Those of a model on its device."""
    device = _kind(computing)
    return BatchSizes(image_sizes(computing), TEXTS[device], TOKENS[device])


def _kind(computing: Computing) -> str:
    return computing.placement.device.partition(":")[0]


def image_sizes(computing: Computing, clock: Callable[[], float] = time.monotonic) -> list[int]:
    """Batch sizes for images that give every row bit-equal to a single one, and faster."""
    until = clock() + SECONDS
    inputs = [computing.inputs("image", noise(seed)) for seed in range(8)]
    single, best = _timed(computing, inputs[:1], 1, clock)
    alone = [single[0], *(computing("image", [one])[0] for one in inputs[1:])]
    allowed = [1]
    for size in CANDIDATES[_kind(computing)]:
        if clock() + size * best * 2 > until:
            break
        rows, seconds = _timed(computing, inputs, size, clock)
        if _equal(rows, alone) and seconds < GAIN * best:
            allowed.append(size)
            best = seconds
    return allowed


def _timed(
    computing: Computing, inputs: Sequence[Inputs], size: int, clock: Callable[[], float]
) -> tuple[Vectors, float]:
    """Vectors of a batch of `size`, and seconds an image in the faster of two runs."""
    batch = [inputs[index % len(inputs)] for index in range(size)]
    seconds = []
    for _ in range(2):
        begun = clock()
        vectors = computing("image", batch)
        seconds.append((clock() - begun) / size)
    return vectors, min(seconds)


def _equal(rows: Vectors, alone: Sequence[Vectors]) -> bool:
    return all(np.array_equal(row, alone[index % len(alone)]) for index, row in enumerate(rows))


def noise(seed: int) -> Image.Image:
    """An image that is like no other: 320 x 240 pixels of seeded noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return Image.fromarray(pixels)
