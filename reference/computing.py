"""From the inputs of a batch to its vectors, on the model's device."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from reference.encoders import Encoder, Placement
from reference.encoders.inputs import Inputs, on_device, stack
from reference.widening import Isometry

Kind = Literal["text", "image"]
Vectors = npt.NDArray[np.float32]


class Computing:
    """One loaded model. Called by one thread: the libraries are not made for parallel calls
    (multi2vec-clip-inference 26), and every further thread would get a pool of OpenMP threads."""

    def __init__(self, encoder: Encoder, placement: Placement, turn: Isometry | None = None):
        self.encoder = encoder
        self.placement = placement
        self.turn = turn

    def inputs(self, kind: Kind, item: object) -> Inputs:
        """The inputs of a text or of an image; any thread may ask for them."""
        make = self.encoder.text_inputs if kind == "text" else self.encoder.image_inputs
        return make(item)  # type: ignore[arg-type]

    @torch.inference_mode()
    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        """Vectors of shape (items, dimension), in float32 on the CPU."""
        encode = self.encoder.text_vectors if kind == "text" else self.encoder.image_vectors
        dtype = getattr(torch, self.placement.dtype)
        features = encode(on_device(stack(items), self.placement.device, dtype))
        vectors: Vectors = features.to("cpu", torch.float32).numpy()
        return self.turn(vectors) if self.turn else vectors
