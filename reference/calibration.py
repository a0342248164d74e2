"""When a model loads, find batch sizes that give bit-identical vectors and check the data type.

An image must have the same vector, bit for bit, alone, in a batch, and under load, since Weaviate's
own acceptance test compares two requests. Depending on processor and library, a matrix product may
round a row differently in a batch of another size. Therefore, sizes are tried, and those that
change any bit are excluded. On a GPU, a single size may differ from all others; an image alone is
then computed in a padded batch. Only the bits decide this, not measured times, since replicas must
agree.

Texts may differ in the last digits (within the contract's tolerance), but not because of what their
neighbors say, since all texts in a batch have the same length.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from time import monotonic, perf_counter

import numpy as np
from PIL import Image

from reference.encoders import Placement
from reference.errors import UnloadableError
from reference.inputs import Inputs, Vectors, shapes
from reference.model import BatchSizes, Computing, Model

IMAGES = {"cpu": (1, 2, 4, 8), "cuda": (1, 2, 4, 8, 16, 32, 64)}
"""Batch sizes that are tried."""

SMALLEST = {"cpu": (1,), "cuda": (1, 2, 4)}
"""Sizes up to which a batch may be padded: on a GPU, four images take barely longer than one."""

TEXTS = {"cpu": 32, "cuda": 128}
"""Texts per forward pass: enough to keep a processor busy, few enough to need little memory."""

TOKENS = {"cpu": 4096, "cuda": 16_384}

FILLED_TEXTS: Mapping[str, Sequence[int]] = {"cpu": (), "cuda": (1, 2, 4, 8, 16, 32, 64, 128)}
"""On a GPU, larger batches of texts take barely longer, but every new shape needs planning."""

WARM_TOKENS = 128
"""Approximate tokens of the longest text whose shapes are computed at startup."""

SECONDS = 20.0
"""Approximate time limit for the trials: a large model on a slow processor uses size 1."""

GAIN = 0.98
"""A larger batch is worthwhile if the time per image falls below this fraction."""


def batch_sizes(model: Model) -> BatchSizes:
    """The batch sizes for `model` on its device."""
    device = model.computing.placement.device_type
    images = image_sizes(model, device)
    return BatchSizes(images, TEXTS[device], TOKENS[device], FILLED_TEXTS[device])


def warm_up(model: Model) -> None:
    """Compute texts of each usual shape once, so that no request has to wait for planning."""
    shapes_seen: dict[Hashable, Inputs] = {}
    for words in range(WARM_TOKENS // 4):
        inputs = model.preparing("text", "a cat " * (2 * words))
        shapes_seen.setdefault(shapes(inputs), inputs)
    for inputs in shapes_seen.values():
        for size in model.batch_sizes.filled_texts:
            if size == model.batch_sizes.largest("text", inputs, size):
                model.computing("text", [inputs] * size)


@dataclass(frozen=True)
class Trial:
    """A batch of one size: its vectors, and the seconds per image."""

    vectors: Vectors
    seconds: float


def image_sizes(model: Model, device: str, clock: Callable[[], float] = monotonic) -> list[int]:
    """Batch sizes for images that give the same bits in every row, each faster than the last."""
    inputs = [model.preparing("image", noise(seed)) for seed in range(8)]
    trials = _trials(model.computing, inputs, IMAGES[device], clock)
    if len(trials) == 1:
        return [1]
    for smallest in SMALLEST[device]:
        alone = [model.computing("image", [one] * smallest)[0] for one in inputs[: max(trials)]]
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
    """One trial for each size, until the time is up."""
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
    """The first of `sizes`, and each further size that takes less time per image."""
    chosen = [sizes[0]]
    for size in sizes[1:]:
        if trials[size].seconds < GAIN * trials[chosen[-1]].seconds:
            chosen.append(size)
    return chosen


def noise(seed: int) -> Image.Image:
    """A unique image: 320 x 240 pixels of seeded noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


SENTENCES = (
    "a cat",
    "a photo of two dogs on a beach at sunset",
    "Straße, 猫 und собака, 3 bei 5 cm",
)
RUNS = 3

COMPARED = {"cpu": 1, "cuda": 32}
"""Images in a batch for comparing speeds: one image does not keep a GPU busy in any data type."""


@dataclass(frozen=True)
class Comparison:
    """A data type compared with float32, on this device and with this model."""

    speed: float
    """Images per second, relative to float32."""
    lowest_cosine: float
    """The lowest cosine between vectors in both data types, for a few texts and noise images."""

    def document(self) -> dict[str, float]:
        """The values for `/meta`."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def in_number_format(
    build: Callable[[Placement], Model], device: str, wanted: str
) -> tuple[Model, Comparison | None]:
    """The model in the data type `wanted`, compared with float32 unless it is float32.

    `auto` selects bfloat16 if it is faster. Both are in memory during the comparison. Raises
    `UnloadableError` for a data type that is slower than float32 on this device.
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
        "of float32; use float32 or auto"
    )


def compare(plain: Model, other: Model) -> Comparison:
    """Compare `other` with `plain`."""
    images = [noise(seed) for seed in range(2)]
    cosines = [_cosine(plain.encode_image(image), other.encode_image(image)) for image in images]
    for text in SENTENCES:
        cosines.append(_cosine(plain.encode_texts([text])[0], other.encode_texts([text])[0]))
    seconds = _seconds(plain, other)
    return Comparison(seconds[0] / seconds[1], min(cosines))


def _cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def _seconds(plain: Model, other: Model) -> tuple[float, float]:
    """The fastest of a few batches in each model, alternating so that load affects both alike."""
    number = COMPARED[plain.computing.placement.device_type]
    inputs = [plain.preparing("image", noise(0))] * number
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for model, seen in zip((plain, other), times, strict=True):
            begun = perf_counter()
            model.computing("image", inputs)
            seen.append(perf_counter() - begun)
    return min(times[0]), min(times[1])
