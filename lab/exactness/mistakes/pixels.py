"""Mistakes in the pixel values that are passed to the image model."""

from collections.abc import Callable

import torch

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage
from lab.exactness.mistakes.mistake import Mistake, simple

Scale = tuple[tuple[float, ...], tuple[float, ...]]

CLIP: Scale = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
HALF: Scale = ((0.5,) * 3, (0.5,) * 3)
IMAGENET: Scale = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
NONE: Scale = ((0.0,) * 3, (1.0,) * 3)
BYTES: Scale = ((0.0,) * 3, (1 / 255,) * 3)


def scale(model: Model) -> Scale:
    """The mean and standard deviation of the model's own preprocessing."""
    return HALF if model.library in ("siglip", "modernvbert") else CLIP


def _scaled(wrong: Callable[[Scale], Scale]) -> Callable[[Usage, Model], Usage]:
    def make(usage: Usage, model: Model) -> Usage:
        right = scale(model)
        return usage.altered(
            pixels=lambda image: rescaled(usage.pixels(image), right, wrong(right))
        )

    return make


def rescaled(inputs: Inputs, right: Scale, wrong: Scale) -> Inputs:
    """The inputs as if their pixels had been scaled with `wrong`."""
    name = "image" if "image" in inputs else "pixel_values"
    mean, deviation, other_mean, other_deviation = (
        torch.tensor(row).view(3, 1, 1) for row in (*right, *wrong)
    )
    values = inputs[name] * deviation + mean
    return {**inputs, name: ((values - other_mean) / other_deviation).contiguous()}


def twice(right: Scale) -> Scale:
    """The scale whose single application equals applying `right` twice."""
    both = list(zip(*right, strict=True))
    return tuple(mean + mean * spread for mean, spread in both), tuple(d * d for _, d in both)


def _mistake(name: str, wrong: Callable[[Scale], Scale]) -> Mistake:
    return Mistake(name, "image", simple(_scaled(wrong)))


ALL: tuple[Mistake, ...] = (
    _mistake(
        "the pixels were normalized with ImageNet's mean and standard deviation", lambda _: IMAGENET
    ),
    _mistake(
        "the pixels were normalized with another model family's mean and standard deviation",
        lambda right: CLIP if right == HALF else HALF,
    ),
    _mistake("the pixels were not normalized", lambda _: NONE),
    _mistake("the pixels were not divided by 255", lambda _: BYTES),
    _mistake("the standard deviation was not applied", lambda right: (right[0], NONE[1])),
    _mistake(
        "the pixels were divided by 255 twice",
        lambda right: (tuple(255 * m for m in right[0]), tuple(255 * d for d in right[1])),
    ),
    _mistake("the pixels were normalized twice", twice),
)
