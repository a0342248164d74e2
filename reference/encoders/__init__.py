"""The encoders, one module a library, of which only the one asked for is imported."""

import logging
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

from conformance.data.models import Library, Model

log = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]

MODULES: dict[Library, str] = {
    "sentence-transformers": "reference.encoders.sentence_transformers",
    "clip": "reference.encoders.clip",
    "siglip": "reference.encoders.siglip",
    "open_clip": "reference.encoders.open_clip",
    "modernvbert": "reference.encoders.modernvbert",
}


class Encoder(Protocol):
    """A loaded model. Called from one thread only."""

    @property
    def packages(self) -> tuple[str, ...]:
        """Distributions whose versions decide the vectors."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors of at least one text: shape (texts, width)."""

    def encode_image(self, image: Image) -> Vectors:
        """The vector of one RGB image: shape (width,).

        One image at a time: only then is its vector the same to the last bit whatever else the
        request or a parallel one asks for.
        """


class UnloadableError(Exception):
    """A model that cannot be served, with a reason in one line."""


def load(model: Model, folder: Path | None, device: str) -> Encoder:
    """The encoder of `model`, from a checkpoint `folder` or, if None, from the model hub.

    Imports the model's library, and no other. Raises `UnloadableError`, or what the library raises.
    """
    if model.library is None:
        raise UnloadableError(
            f"the row of {model.tag} names no library; known: {', '.join(MODULES)}"
        )
    begun = time.process_time()
    module = import_module(MODULES[model.library])
    seconds = time.process_time() - begun
    log.info("imported %s in %.1f s of processor time", model.library, seconds)
    encoder: Encoder = module.load(model, folder, device)
    return encoder
