"""Reproducible drawings with captions, so that the correct matches are known.

Every drawing is one colored shape in a random place and size on a pale background. The words and
colors are in `fixtures/drawings.toml`. Wordings and seeds are split: what the stand-ins were
trained on (`"train"`) is never what they are tested on (`"held_out"`).
"""

from dataclasses import dataclass
from math import cos, pi, sin
from random import Random
from typing import Any, Final, Literal

from PIL import Image, ImageDraw

from conformance.data import fixture_files

Split = Literal["train", "held_out"]

_FILE: Final = "drawings.toml"
_OVERSAMPLING: Final = 4

TRAINING_SEEDS: Final = range(*fixture_files.toml(_FILE)["seeds"]["train"])
"""Seeds for the drawings that the training may use."""

HELD_OUT_SEEDS: Final = range(*fixture_files.toml(_FILE)["seeds"]["held_out"])
"""Seeds for the drawings that the suite uses; no stand-in was trained on them."""


@dataclass(frozen=True, order=True)
class Combination:
    """What a drawing shows: one of the colors and one of the shapes of `drawings.toml`."""

    color: str
    shape: str

    def __str__(self) -> str:
        return f"{self.color} {self.shape}"


def combinations() -> tuple[Combination, ...]:
    """Every color with every shape, always in the same order."""
    table = fixture_files.toml(_FILE)
    return tuple(Combination(c, s) for c in table["colors"] for s in table["shapes"])


def languages() -> tuple[str, ...]:
    """The languages that captions exist in, as ISO 639-1 codes."""
    return tuple(fixture_files.toml(_FILE)["languages"])


def captions(combination: Combination, language: str, split: Split) -> tuple[str, ...]:
    """The wordings of `split` for one drawing, in `language`'s own script.

    Raises KeyError for an unknown language, color, shape, or split.
    """
    table = fixture_files.toml(_FILE)["languages"][language]
    phrase = _phrase(table, combination)
    return tuple(wording.format(phrase=phrase) for wording in table[split])


def _phrase(table: dict[str, Any], combination: Combination) -> str:
    shape, agreement = table["shapes"][combination.shape]
    color = table["colors"][combination.color]
    if isinstance(color, dict):
        color = color[agreement]
    article = table.get("articles", {}).get(agreement, "")
    return str(table["phrase"]).format(article=article, color=color, shape=shape)


def draw(combination: Combination, seed: int, size: int) -> Image.Image:
    """An RGB drawing of `size` x `size` pixels; the same arguments give the same pixels.

    The whole shape is inside the image, 0.34 to 0.72 of the image across, rotated by at most
    12 degrees. One seed gives the same scene at every size.
    """
    chance = Random(f"{combination}/{seed}")
    background = (chance.randint(218, 255), chance.randint(218, 255), chance.randint(218, 255))
    image = Image.new("RGB", (size, size), background)
    extent = round(chance.uniform(0.34, 0.72) * size)
    corner = (round(chance.random() * (size - extent)), round(chance.random() * (size - extent)))
    turn = chance.uniform(-pi / 15, pi / 15)
    mask = _mask(combination.shape, extent, turn)
    image.paste(_color(combination.color, chance), corner, mask)
    return image


def _color(name: str, chance: Random) -> tuple[int, int, int]:
    """The named color, with each channel changed by up to 12 of 255."""
    red, green, blue = (
        min(255, max(0, channel + chance.randint(-12, 12)))
        for channel in fixture_files.toml(_FILE)["colors"][name]
    )
    return (red, green, blue)


def _mask(shape: str, extent: int, turn: float) -> Image.Image:
    """The shape as an anti-aliased mask of `extent` x `extent` pixels."""
    fine = extent * _OVERSAMPLING
    mask = Image.new("L", (fine, fine), 0)
    pen = ImageDraw.Draw(mask)
    if shape == "circle":
        pen.ellipse((0, 0, fine - 1, fine - 1), fill=255)
    else:
        pen.polygon(_corners(shape, fine / 2, turn), fill=255)
    return mask.resize((extent, extent), Image.Resampling.BOX)


def _corners(shape: str, radius: float, turn: float) -> list[tuple[float, float]]:
    """The corners on (and for a star also between) a circle of `radius` about (radius, radius)."""
    count, lengths = {"square": (4, (1.0,)), "triangle": (3, (1.0,)), "star": (10, (1.0, 0.42))}[
        shape
    ]
    # A square stands on a side; everything else has a corner at the top.
    start = turn - pi / 2 + (pi / 4 if shape == "square" else 0)
    return [
        (
            radius * (1 + lengths[i % len(lengths)] * cos(start + 2 * pi * i / count)),
            radius * (1 + lengths[i % len(lengths)] * sin(start + 2 * pi * i / count)),
        )
        for i in range(count)
    ]
