"""The encoders, one module per library. Only the one in use is imported."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from PIL.Image import Image

from conformance.data.models import Library, Model
from reference.engine import Engine
from reference.errors import UnloadableError
from reference.inputs import Inputs, Kind, Vectors

log = logging.getLogger(__name__)


MODULES: dict[Library, str] = {
    "sentence-transformers": "reference.encoders.sentence_transformers",
    "clip": "reference.encoders.clip",
    "siglip": "reference.encoders.siglip",
    "open_clip": "reference.encoders.open_clip",
    "modernvbert": "reference.encoders.modernvbert",
}


@dataclass(frozen=True)
class Placement:
    """Where a model computes, and in which number format."""

    device: str = "cpu"
    dtype: str = "float32"
    engine: Engine = "torch"

    @property
    def device_type(self) -> str:
        """`cpu` or `cuda`, whatever its number."""
        return self.device.partition(":")[0]

    def put(self, model: Any) -> Any:
        """The torch module `model`, there, ready to encode."""
        import torch

        from reference import packed_linear

        placed = model.to(self.device, getattr(torch, self.dtype)).eval()
        on_cpu = self.device == "cpu" and self.dtype == "float32"
        return packed_linear.pack(placed) if on_cpu else placed

    def compute(self, kind: Kind, encode: Callable[[Inputs], Any], inputs: Inputs) -> Vectors:
        """What `encode`, a method of an encoder, makes of `inputs`: shape (items, dimension)."""
        if self.engine == "onnx":
            vectors: Vectors = encode(inputs)
            return vectors
        from reference.encoders import shared

        return shared.compute(kind, encode, inputs, self)


class Encoder(Protocol):
    """A loaded model.

    Inputs are prepared by any thread and on the CPU, for one item at a time, so that nothing in
    them depends on another item. Vectors are computed by one thread, of inputs that were stacked.
    """

    @property
    def packages(self) -> tuple[str, ...]:
        """Distributions whose versions decide the vectors."""

    def text_inputs(self, text: str) -> Inputs:
        """What the model is given for a text: see `inputs.Inputs`."""

    def image_inputs(self, image: Image) -> Inputs:
        """What the model is given for an image in the mode of its file."""

    def text_vectors(self, inputs: Inputs) -> Any:
        """Vectors of shape (texts, dimension): a tensor of torch, or with onnx an array."""

    def image_vectors(self, inputs: Inputs) -> Any:
        """Vectors of shape (images, dimension), likewise."""


def load(model: Model, folder: Path | None, placement: Placement) -> Encoder:
    """The encoder of `model`, from a checkpoint `folder` or, if None, from the model hub.

    Imports the model's library, and no other. Raises `UnloadableError`, or what the library raises.
    """
    if placement.engine == "onnx":
        from reference.encoders import onnx

        assert folder is not None
        return onnx.load(folder)
    if model.library is None:
        raise UnloadableError(
            f"the row of {model.tag} names no library; known: {', '.join(MODULES)}"
        )
    begun = time.process_time()
    module = import_module(MODULES[model.library])
    seconds = time.process_time() - begun
    log.info("imported %s in %.1f s of processor time", model.library, seconds)
    encoder: Encoder = module.load(model, folder, placement)
    return encoder
