"""What the torch encoders share: from a model's output to vectors."""

from typing import Any

import numpy as np
import torch

from reference.encoders import Vectors


def unit(features: torch.Tensor) -> torch.Tensor:
    """Rows of length one, as the vendor's container divides them."""
    return features / features.norm(dim=-1, keepdim=True)


def pooled(output: Any) -> torch.Tensor:
    """The features in a library's output: transformers 4 gives the tensor, 5 an object with it."""
    features: torch.Tensor = getattr(output, "pooler_output", output)
    return features


def vectors(features: torch.Tensor) -> Vectors:
    """`features` as float32 on the CPU."""
    return features.to("cpu", torch.float32).numpy().astype(np.float32, copy=False)
