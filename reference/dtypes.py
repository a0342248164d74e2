"""Number formats: what another one than float32 gains and costs, measured when it is asked for."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from reference.batch_sizes import noise
from reference.encoders import Placement, UnloadableError
from reference.inference import Computing, Kind, Vectors

TEXTS = ("a cat", "a photo of two dogs on a beach at sunset", "Straße, 猫 und собака, 3 bei 5 cm")
RUNS = 3

IMAGES = {"cpu": 1, "cuda": 32}
"""Images at a time whose speed is compared: a GPU is not busy with one, whatever the format."""


@dataclass(frozen=True)
class Comparison:
    """Another number format beside float32, on this device and with this model."""

    speed: float
    """Images a second, in multiples of float32's; of texts where there is no model for images."""
    lowest_cosine: float
    """Between the vectors in both formats, over a few texts and images of noise."""

    def document(self) -> dict[str, float]:
        """For `/meta`."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def loaded(
    build: Callable[[Placement], Computing], device: str, wanted: str
) -> tuple[Computing, Comparison | None]:
    """The model in the number format `wanted`, held beside float32 unless it is that.

    `auto` is bfloat16 where that is faster. Both are in memory while they are compared. Raises
    `UnloadableError` for a format that this device runs slower than float32.
    """
    plain = build(Placement(device))
    if wanted == "float32":
        return plain, None
    dtype = "bfloat16" if wanted == "auto" else wanted
    other = build(Placement(device, dtype))
    compared = compare(plain, other)
    if compared.speed >= 1:
        return other, compared
    if wanted == "auto":
        return plain, None
    raise UnloadableError(
        f"--dtype {dtype}: on {device} it runs this model at {compared.speed:.2f} times the speed "
        "of float32, so it only loses; take float32 or auto"
    )


def compare(plain: Computing, other: Computing) -> Comparison:
    """`other` beside `plain`."""
    images = [noise(seed) for seed in range(2)]
    cosines = [_cosine(plain, other, "image", image) for image in images]
    cosines += [_cosine(plain, other, "text", text) for text in TEXTS]
    seconds = _seconds(plain, other)
    return Comparison(seconds[0] / seconds[1], min(cosines))


def _cosine(plain: Computing, other: Computing, kind: Kind, item: object) -> float:
    first, second = (_vector(computing, kind, item) for computing in (plain, other))
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def _vector(computing: Computing, kind: Kind, item: object) -> Vectors:
    vector: Vectors = computing(kind, [computing.inputs(kind, item)])[0]
    return vector


def _seconds(plain: Computing, other: Computing) -> tuple[float, float]:
    """The fastest of a few batches in each, taken in turns: other programs disturb both alike."""
    number = IMAGES[plain.placement.device_type]
    inputs = [plain.inputs("image", noise(0))] * number
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for computing, seen in zip((plain, other), times, strict=True):
            begun = time.perf_counter()
            computing("image", inputs)
            seen.append(time.perf_counter() - begun)
    return min(times[0]), min(times[1])
