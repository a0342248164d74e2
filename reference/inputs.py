"""A model's inputs for one item and for a batch, as arrays keyed by argument name."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["text", "image"]
Vectors = npt.NDArray[np.float32]

Inputs = dict[str, Any]
"""Arrays by the name of the model's argument, with items along the first axis; other values are
options that are the same for every item of a kind."""

STEP = 8
"""Texts are padded to a multiple of this many tokens, so that more of them share a length."""

MARGIN = 16
"""Tokens kept beyond a text's limit, because truncation can change the few tokens before it."""

CEILING = 256
"""Maximum number of characters searched per token, or 65,536 in total if that is more."""


def as_arrays(inputs: Inputs) -> Inputs:
    """`inputs` with numpy arrays in place of a library's tensors; the memory is shared."""
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
    """A prefix of `text` with the same first `limit` tokens; `count` counts tokens.

    A tokenizer reads a whole text before it truncates, which takes seconds for a megabyte. The
    number of characters in `limit` tokens is unknown (spaces may give no token, a long unknown word
    only one), so increasingly long prefixes are tokenized until one suffices, up to `CEILING`:
    words after tens of thousands of characters without tokens are ignored.
    """
    size, ceiling = 8 * limit + 64, max(65_536, CEILING * limit)
    while size < min(len(text), ceiling) and count(text[:size]) < limit + MARGIN:
        size *= 4
    return text[: min(size, ceiling)]


def padded(inputs: Inputs, token: int, limit: int) -> Inputs:
    """A text's `inputs` with `token`, masked, up to the next multiple of `STEP`, at most `limit`.

    The length depends only on the text. Padding to the longest text in a request, as libraries do,
    would make a vector's last digits depend on other items.
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
    """The number of padding tokens for a text of `length` tokens."""
    return min(-length % STEP, max(limit - length, 0))
