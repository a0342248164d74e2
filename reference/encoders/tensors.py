"""What the torch encoders share: from a model's output to vectors."""

from typing import Any

import torch

from reference.encoders import Vectors


def from_pretrained(kind: Any) -> Any:
    """`kind.from_pretrained`, whose types are not written down in every release.

    Never with `trust_remote_code`: a checkpoint is data and is not to bring code along.
    """
    return kind.from_pretrained


def unit(features: torch.Tensor) -> torch.Tensor:
    """Rows of length one, as the vendor's container divides them."""
    lengths: torch.Tensor = features.norm(dim=-1, keepdim=True)
    return features / lengths


def pooled(output: Any) -> torch.Tensor:
    """The features in a library's output: transformers 4 gives the tensor, 5 an object with it."""
    features: torch.Tensor = getattr(output, "pooler_output", output)
    return features


def vectors(features: torch.Tensor) -> Vectors:
    """`features` as float32 on the CPU."""
    array: Vectors = features.to("cpu", torch.float32).numpy()
    return array


def one(features: torch.Tensor) -> Vectors:
    """The only row of `features`: shape (width,)."""
    return vectors(features.squeeze(0))
