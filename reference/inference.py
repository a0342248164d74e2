"""From the inputs of a batch to its vectors, on the model's device."""

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image

from reference.encoders import Encoder, Placement
from reference.encoders.inputs import Inputs, on_device, shapes, stack
from reference.widening import Isometry

Kind = Literal["text", "image"]
Vectors = npt.NDArray[np.float32]


class Computing:
    """One loaded model, called by one thread.

    The libraries are not made for parallel calls (multi2vec-clip-inference 26), and every further
    thread would get a pool of OpenMP threads.
    """

    def __init__(self, encoder: Encoder, placement: Placement, turn: Isometry | None = None):
        self.encoder = encoder
        self.placement = placement
        self.turn = turn
        self.fewest_images = 1
        """To so many a batch of images is filled up with copies."""

    def inputs(self, kind: Kind, item: object) -> Inputs:
        """The inputs of a text or of an image; any thread may ask for them."""
        make = self.encoder.text_inputs if kind == "text" else self.encoder.image_inputs
        return make(item)  # type: ignore[arg-type]

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimension), computed together where lengths are equal."""
        inputs = [self.inputs("text", text) for text in texts]
        groups: dict[Hashable, list[int]] = {}
        for index, one in enumerate(inputs):
            groups.setdefault(shapes(one), []).append(index)
        rows: dict[int, Vectors] = {}
        for group in groups.values():
            rows.update(zip(group, self("text", [inputs[i] for i in group]), strict=True))
        return np.stack([rows[index] for index in range(len(texts))])

    def encode_image(self, image: Image) -> Vectors:
        """The vector of one image: shape (dimension,)."""
        vector: Vectors = self("image", [self.inputs("image", image)])[0]
        return vector

    @torch.inference_mode()
    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        """Vectors of shape (items, dimension), in float32 on the CPU."""
        encode = self.encoder.text_vectors if kind == "text" else self.encoder.image_vectors
        dtype = getattr(torch, self.placement.dtype)
        fill = self.fewest_images - len(items) if kind == "image" else 0
        batch = stack([*items, *[items[-1]] * fill])
        features = encode(on_device(batch, self.placement.device, dtype))[: len(items)]
        vectors: Vectors = features.to("cpu", torch.float32).numpy()
        return self.turn(vectors) if self.turn else vectors
