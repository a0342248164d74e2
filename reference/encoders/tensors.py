"""What the torch encoders share: loading, and from a model's output to vectors."""

from typing import Any

import torch

from reference.encoders import Placement, UnloadableError


def processor(kind: Any, source: str, **options: str) -> Any:
    """The processor of class `kind` at `source`, a folder or a hub id.

    Never with `trust_remote_code`: a checkpoint is data and is not to bring code along.
    """
    return kind.from_pretrained(source, **options)


def model(kind: Any, source: str, placement: Placement, **options: str) -> Any:
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
