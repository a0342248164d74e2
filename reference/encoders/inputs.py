"""What a model is given: the tensors of one item, and of several items of the same shapes."""

from collections.abc import Hashable, Sequence
from typing import Any

import torch
from torch.nn.functional import pad

Inputs = dict[str, Any]
"""Tensors by the name of the model's argument, the first axis being the item; other values are
options that are the same for every item of a kind."""

STEP = 8
"""Tokens to whose next multiple a text is padded: fewer lengths, so that more texts meet."""


def shapes(inputs: Inputs) -> Hashable:
    """Equal for items that can be stacked."""
    tensors = [(name, value) for name, value in inputs.items() if torch.is_tensor(value)]
    return tuple((name, tuple(value.shape[1:])) for name, value in tensors)


def stack(items: Sequence[Inputs]) -> Inputs:
    """One batch of `items`, whose `shapes` are equal."""
    if len(items) == 1:
        return items[0]
    first = items[0]
    return {
        name: torch.cat([item[name] for item in items]) if torch.is_tensor(value) else value
        for name, value in first.items()
    }


def on_device(inputs: Inputs, device: str, dtype: torch.dtype) -> Inputs:
    """`inputs` on `device`, floating point ones (pixels) as `dtype`; the copy is asynchronous."""
    return {name: _moved(value, device, dtype) for name, value in inputs.items()}


def _moved(value: Any, device: str, dtype: torch.dtype) -> Any:
    if not torch.is_tensor(value):
        return value
    value = value.to(dtype) if value.is_floating_point() else value
    if device == "cpu":
        return value
    return value.pin_memory().to(device, non_blocking=True)


def padded(inputs: Inputs, token: int, limit: int) -> Inputs:
    """A text's `inputs` with `token`, masked, up to the next multiple of `STEP`, at most `limit`.

    The length is a function of the text alone. Padding to the longest of a request, as libraries
    do, would make a vector's last digits depend on its companions.
    """
    length = inputs["input_ids"].shape[1]
    missing = min(-length % STEP, max(limit - length, 0))
    fill = {"input_ids": token}
    return {
        name: pad(value, (0, missing), value=fill.get(name, 0)) if torch.is_tensor(value) else value
        for name, value in inputs.items()
    }
