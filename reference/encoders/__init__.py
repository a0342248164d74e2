"""The encoders, one module per library; only the module in use is imported."""

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
    """The device and data type in which a model computes."""

    device: str = "cpu"
    dtype: str = "float32"
    engine: Engine = "torch"

    @property
    def device_type(self) -> str:
        """`cpu` or `cuda`, without the device number."""
        return self.device.partition(":")[0]

    def put(self, model: Any) -> Any:
        """The torch module `model`, moved to the device and ready to encode."""
        import torch

        from reference import packed_linear

        placed = model.to(self.device, getattr(torch, self.dtype)).eval()
        on_cpu = self.device == "cpu" and self.dtype == "float32"
        return packed_linear.pack(placed) if on_cpu else placed

    def compute(self, kind: Kind, encode: Callable[[Inputs], Any], inputs: Inputs) -> Vectors:
        """The result of `encode`, an encoder's method, for `inputs`: shape (items, dimension)."""
        if self.engine == "onnx":
            vectors: Vectors = encode(inputs)
            return vectors
        from reference.encoders import shared

        return shared.compute(kind, encode, inputs, self)


class Encoder(Protocol):
    """A loaded model.

    Any thread prepares inputs on the CPU, for one item at a time, so that they never depend on
    another item. A single thread computes vectors from stacked inputs.
    """

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages whose versions affect the vectors."""

    def text_inputs(self, text: str) -> Inputs:
        """The model's inputs for a text: see `inputs.Inputs`."""

    def image_inputs(self, image: Image) -> Inputs:
        """The model's inputs for an image in its file's mode."""

    def text_vectors(self, inputs: Inputs) -> Any:
        """Vectors of shape (texts, dimension): a torch tensor, or an array with onnx."""

    def image_vectors(self, inputs: Inputs) -> Any:
        """Vectors of shape (images, dimension): a torch tensor, or an array with onnx."""


def load(model: Model, folder: Path | None, placement: Placement) -> Encoder:
    """The encoder of `model`, from a checkpoint `folder` or, if None, from the model hub.

    Imports only the model's library. Raises `UnloadableError`, or what the library raises.
    """
    if placement.engine == "onnx":
        from reference.encoders import onnx

        assert folder is not None
        return onnx.load(folder)
    if model.library is None:
        raise UnloadableError(
            f"{model.tag}'s TOML table needs library, one of: {', '.join(MODULES)}"
        )
    begun = time.process_time()
    module = import_module(MODULES[model.library])
    seconds = time.process_time() - begun
    log.info("imported %s in %.1f s of processor time", model.library, seconds)
    encoder: Encoder = module.load(model, folder, placement)
    return encoder
