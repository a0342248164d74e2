"""A model's inputs for one item and for a batch, as arrays by argument name."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["text", "image"]
Vectors = npt.NDArray[np.float32]

Inputs = dict[str, Any]
"""Arrays by the name of the model's argument, the first axis being the item; other values are
options that are the same for every item of a kind."""

STEP = 8
"""Tokens to whose next multiple a text is padded: fewer lengths, so that more texts meet."""

MARGIN = 16
"""Tokens kept beyond a text's limit, because a cut can change the few tokens beside it."""

CEILING = 256
"""Characters a token that are looked through at most, of 65,536 or more in all."""


def as_arrays(inputs: Inputs) -> Inputs:
    """`inputs` with numpy's arrays in place of a library's tensors; the memory is shared."""
    return {
        name: np.asarray(value) if hasattr(value, "shape") else value
        for name, value in inputs.items()
    }


def shapes(inputs: Inputs) -> Hashable:
    """Equal for items that can be stacked."""
    arrays = [(name, value) for name, value in inputs.items() if hasattr(value, "shape")]
    return tuple((name, tuple(value.shape[1:])) for name, value in arrays)


def stack(items: Sequence[Inputs]) -> Inputs:
    """One batch of `items`, whose `shapes` are equal."""
    if len(items) == 1:
        return items[0]
    return {
        name: np.concatenate([item[name] for item in items]) if hasattr(value, "shape") else value
        for name, value in items[0].items()
    }


def shorten(text: str, limit: int, count: Callable[[str], int]) -> str:
    """A beginning of `text` with the same first `limit` tokens; `count` counts tokens.

    A tokenizer reads a whole text before it truncates, which takes seconds for a megabyte. How
    many characters make `limit` tokens is unknown (blanks may make none, an unknown word of any
    length one), so ever longer beginnings are counted until one is long enough. Up to `CEILING`:
    words that come after tens of thousands of characters that make no token are not looked for.
    """
    size, ceiling = 8 * limit + 64, max(65_536, CEILING * limit)
    while size < min(len(text), ceiling) and count(text[:size]) < limit + MARGIN:
        size *= 4
    return text[: min(size, ceiling)]


def padded(inputs: Inputs, token: int, limit: int) -> Inputs:
    """A text's `inputs` with `token`, masked, up to the next multiple of `STEP`, at most `limit`.

    The length is a function of the text alone. Padding to the longest of a request, as libraries
    do, would make a vector's last digits depend on its companions.
    """
    missing = missing_tokens(inputs["input_ids"].shape[1], limit)
    fill = {"input_ids": token}
    return {
        name: np.pad(value, ((0, 0), (0, missing)), constant_values=fill.get(name, 0))
        if hasattr(value, "shape")
        else value
        for name, value in as_arrays(inputs).items()
    }


def missing_tokens(length: int, limit: int) -> int:
    """How many tokens a text of `length` is padded with."""
    return min(-length % STEP, max(limit - length, 0))
