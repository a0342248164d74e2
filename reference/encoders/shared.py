"""What the encoders share: cut and padded texts, stacked inputs, loading, and vectors."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch
from torch.nn.functional import pad

from reference.encoders import Placement
from reference.errors import UnloadableError

Inputs = dict[str, Any]
"""Tensors by the name of the model's argument, the first axis being the item; other values are
options that are the same for every item of a kind."""

STEP = 8
"""Tokens to whose next multiple a text is padded: fewer lengths, so that more texts meet."""

MARGIN = 16
"""Tokens kept beyond a text's limit, because a cut can change the few tokens beside it."""

CEILING = 256
"""Characters a token that are looked through at most, of 65,536 or more in all."""


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
        name: pad(value, (0, missing), value=fill.get(name, 0)) if torch.is_tensor(value) else value
        for name, value in inputs.items()
    }


def missing_tokens(length: int, limit: int) -> int:
    """How many tokens a text of `length` is padded with."""
    return min(-length % STEP, max(limit - length, 0))


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
    """`inputs` on `device`, floating point ones (pixels) as `dtype`; the copy is asynchronous.

    They are cast there: on the CPU that would take all cores from everything else.
    """
    return {name: _moved(value, device, dtype) for name, value in inputs.items()}


def _moved(value: Any, device: str, dtype: torch.dtype) -> Any:
    if not torch.is_tensor(value):
        return value
    if device != "cpu":  # torch keeps pinned memory and gives it out again
        value = value.pin_memory().to(device, non_blocking=True)
    return value.to(dtype) if value.is_floating_point() else value


def load_processor(kind: Any, source: str, **options: str) -> Any:
    """The processor of class `kind` at `source`, a folder or a hub id.

    Never with `trust_remote_code`: a checkpoint is data and must not bring code along.
    """
    return kind.from_pretrained(source, **options)


def load_model(kind: Any, source: str, placement: Placement, **options: str) -> Any:
    """The whole model of class `kind` at `source`, placed and ready to encode.

    Raises `UnloadableError` if weights are missing, which transformers makes up at random with no
    more than a warning.
    """
    loaded, report = kind.from_pretrained(
        source, dtype=torch.float32, output_loading_info=True, **options
    )
    if report["missing_keys"]:
        raise UnloadableError(f"{source} lacks {min(report['missing_keys'])} and perhaps more")
    return placement.put(loaded)


def unit(features: torch.Tensor) -> torch.Tensor:
    """Rows of length one, as the vendor's container divides them; always in float32."""
    wide = features.float()
    lengths: torch.Tensor = wide.norm(dim=-1, keepdim=True)
    return wide / lengths


def pooled(output: Any) -> torch.Tensor:
    """The features in a library's output: transformers 4 gives the tensor, 5 an object with it."""
    features: torch.Tensor = getattr(output, "pooler_output", output)
    return features
