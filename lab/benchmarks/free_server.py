"""The reference encoder with a no-op model: ``python -m lab.benchmarks.free_server --port N``.

Only the forward pass is omitted, so what remains is the cost of serving.
"""

import sys
from pathlib import Path

from conformance.data.models import Model
from reference import encoders
from reference.encoders import Encoder, Placement

TAG = "openai-clip-vit-base-patch16"
DIMENSION = 512


def load(model: Model, folder: Path | None, placement: Placement) -> Encoder:
    """The stand-in for `TAG`, with its own processor and constant vectors."""
    import torch

    from reference.encoders import clip

    class Free(clip.ClipEncoder):
        def text_vectors(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
            return constant[: len(inputs["input_ids"])]

        def image_vectors(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
            return constant[: len(inputs["pixel_values"])]

    constant = torch.randn(1, DIMENSION, generator=torch.Generator().manual_seed(0)).repeat(128, 1)
    encoder = clip.load(model, folder, placement)
    encoder.__class__ = Free
    return encoder


def main() -> int:
    """Serve in the same way as the reference."""
    from reference.__main__ import main as serve

    encoders.MODULES["clip"] = "lab.benchmarks.free_server"
    return serve(["--model", TAG, "--engine", "torch", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
