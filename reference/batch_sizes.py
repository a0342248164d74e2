"""Which batch sizes may be used, measured on the device at hand when the model is loaded.

An image is to have the same vector to the last bit alone, in company and under load: Weaviate's
own acceptance test compares two requests. A matrix product may round a row differently in a batch
of another size, by processor and library; so sizes are tried, and those that change a bit are out.
A GPU may round alike in several sizes but one: there an image alone is computed in a batch that is
filled up. Which size that is goes by the bits and not by a clock, since replicas have to agree.

Texts may differ in the last digits (their tolerance is the contract's), but by nothing that
depends on what the companions say, since all texts of a batch have the same length.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from reference.encoders.inputs import Inputs
from reference.inference import Computing, Kind, Vectors

CANDIDATES = {"cpu": (1, 2, 4, 8), "cuda": (1, 2, 4, 8, 16, 32, 64)}

SMALLEST = {"cpu": (1,), "cuda": (1, 2, 4)}
"""Sizes up to which a batch may be filled: on a GPU four images take hardly longer than one."""

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
    """Ascending. Fewer images than the first are filled up to it."""
    texts: int
    tokens: int

    def largest(self, kind: Kind, inputs: Inputs, waiting: int) -> int:
        """How many items like `inputs`, of which `waiting` are there, go into the next batch."""
        if kind == "image":
            return max((size for size in self.images if size <= waiting), default=waiting)
        length: int = next(iter(inputs.values())).shape[1]
        return min(waiting, self.texts, max(1, self.tokens // length))


def measured(computing: Computing) -> BatchSizes:
    """Those of a model on its device, to which its batches are filled from now on."""
    device = computing.placement.device_type
    images = image_sizes(computing, device)
    computing.fewest_images = images[0]
    return BatchSizes(images, TEXTS[device], TOKENS[device])


@dataclass(frozen=True)
class Trial:
    """A batch of one size: its vectors, and seconds an image."""

    vectors: Vectors
    seconds: float


def image_sizes(
    computing: Computing, device: str, clock: Callable[[], float] = time.monotonic
) -> list[int]:
    """Batch sizes for images that give every row the same bits, and are faster one by one."""
    inputs = [computing.inputs("image", noise(seed)) for seed in range(8)]
    trials = _trials(computing, inputs, CANDIDATES[device], clock)
    if len(trials) == 1:
        return [1]
    for smallest in SMALLEST[device]:
        alone = [computing("image", [one] * smallest)[0] for one in inputs[: max(trials)]]
        alike = [size for size in trials if size >= smallest and _equal(trials[size], alone)]
        if len(alike) > 1 and alike[0] == smallest:
            return _faster(alike, trials)
    return [1]


def _trials(
    computing: Computing,
    inputs: Sequence[Inputs],
    sizes: Sequence[int],
    clock: Callable[[], float],
) -> dict[int, Trial]:
    """One of each size, for as long as there is time."""
    until = clock() + SECONDS
    trials: dict[int, Trial] = {}
    best = 0.0
    for size in sizes:
        if trials and clock() + size * best * 2 > until:
            break
        trials[size] = _trial(computing, inputs, size, clock)
        best = min(trial.seconds for trial in trials.values())
    return trials


def _trial(
    computing: Computing, inputs: Sequence[Inputs], size: int, clock: Callable[[], float]
) -> Trial:
    """The faster of two runs."""
    batch = [inputs[index % len(inputs)] for index in range(size)]
    seconds = []
    for _ in range(2):
        begun = clock()
        vectors = computing("image", batch)
        seconds.append((clock() - begun) / size)
    return Trial(vectors, min(seconds))


def _equal(trial: Trial, alone: Sequence[Vectors]) -> bool:
    rows = enumerate(trial.vectors)
    return all(np.array_equal(row, alone[index % len(alone)]) for index, row in rows)


def _faster(sizes: Sequence[int], trials: Mapping[int, Trial]) -> list[int]:
    """The first of `sizes`, and each further one in which an image takes less time."""
    chosen = [sizes[0]]
    for size in sizes[1:]:
        if trials[size].seconds < GAIN * trials[chosen[-1]].seconds:
            chosen.append(size)
    return chosen


def noise(seed: int) -> Image.Image:
    """An image that is like no other: 320 x 240 pixels of seeded noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return Image.fromarray(pixels)
