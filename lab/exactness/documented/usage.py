"""An interface for a library's documented usage, in separate steps that mistakes can override."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image

Array = npt.NDArray[np.float32]
Inputs = dict[str, Any]
"""A model's arguments by name: `input_ids`, `attention_mask`, `pixel_values`, …"""


@dataclass(frozen=True)
class Usage:
    """One item at a time: `text_vector(tokens(text))`, `image_vector(pixels(image))`.

    `tokens` and `pixels` make a model's inputs with a batch of one; the vectors have shape (1, d).
    The modules are those that the two vector functions call, so that they can be modified.
    """

    tokens: Callable[[str], Inputs]
    text_vector: Callable[[Inputs], torch.Tensor]
    pixels: Callable[[Image], Inputs]
    image_vector: Callable[[Inputs], torch.Tensor]
    text_model: torch.nn.Module
    image_model: torch.nn.Module
    tokenizer: Any
    limit: int
    """Maximum number of tokens of a text."""
    packages: tuple[str, ...]

    @torch.no_grad()
    def text(self, text: str) -> Array:
        """The vector of a text, shape (d,)."""
        return _array(self.text_vector(self.tokens(text)))

    @torch.no_grad()
    def image(self, image: Image) -> Array:
        """The vector of an image as Pillow opened it, shape (d,)."""
        return _array(self.image_vector(self.pixels(image)))

    def altered(self, **parts: Any) -> "Usage":
        """This usage with some parts replaced."""
        return replace(self, **parts)


def _array(rows: torch.Tensor) -> Array:
    array: Array = rows[0].detach().to("cpu", torch.float32).numpy()
    return copy.copy(array)


def unit(rows: torch.Tensor) -> torch.Tensor:
    """The rows divided by their norms, as in the documented usages."""
    lengths: torch.Tensor = rows.norm(dim=-1, keepdim=True)
    return rows / lengths


def pooled(output: Any) -> torch.Tensor:
    """The tensor from `get_text_features`, which transformers 5 returns inside an object."""
    tensor: torch.Tensor = getattr(output, "pooler_output", output)
    return tensor
