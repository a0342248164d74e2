"""What the tests of the reference share: a made-up encoder, an application, checkpoints."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flask.testing import FlaskClient
from PIL import Image

from conformance.data import models
from conformance.data.models import Library, Model
from reference import encoders, standins
from reference.app import create_app
from reference.encoder_service import EncoderService
from reference.encoders import Placement
from reference.encoders.inputs import Inputs
from reference.inference import Computing
from reference.loading import widen
from reference.settings import Settings


class MeanColour:
    """An encoder of dimension 3: an image's mean colour, a text's length, first and last letter."""

    packages = ("numpy", "pillow")

    def text_inputs(self, text: str) -> Inputs:
        row = [[len(text), ord(text[:1] or " "), ord(text[-1:] or " ")]]
        return {"row": torch.tensor(row, dtype=torch.float32)}

    def image_inputs(self, image: Image.Image) -> Inputs:
        mean = np.asarray(image.convert("RGB"), dtype=np.float32).mean(axis=(0, 1))
        return {"row": torch.from_numpy(mean)[None]}

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        row: torch.Tensor = inputs["row"]
        return row

    def image_vectors(self, inputs: Inputs) -> torch.Tensor:
        return self.text_vectors(inputs)


def png(image: Image.Image, kind: str = "PNG", **options: Any) -> str:
    """`image` as base64 of a file of this kind."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def loaded(encoder: encoders.Encoder, dimensions: int | None = None) -> EncoderService:
    """A service that is ready."""
    service = EncoderService()
    model = Computing(encoder, Placement())
    service.start(lambda: (model, {"dimensions": widen(model, dimensions)})).result()
    return service


@pytest.fixture
def settings() -> Settings:
    return Settings(model=Model(tag="mean-colour"), max_body=2**20, max_pixels=10_000)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A client of the application with the made-up encoder."""
    return create_app(loaded(MeanColour()), settings).test_client()


@pytest.fixture
def photograph() -> Image.Image:
    """An image with smooth and sharp parts, wider than high."""
    ramp = np.linspace(0, 255, 320)[None, :] * np.linspace(0.2, 1, 200)[:, None]
    layers = np.stack([ramp, ramp[::-1], 255 - ramp], axis=-1).astype(np.uint8)
    layers[60:120, 80:160] = (200, 30, 30)
    return Image.fromarray(layers)


def computing(model: Model, folder: Path) -> Computing:
    """A checkpoint as the reference computes with it."""
    return Computing(encoders.load(model, folder, Placement()), Placement())


Checkpoint = Callable[[str], Path]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Folder of a tag's stand-in, or of the tiny checkpoint of that name, made when first asked."""
    made: dict[str, Path] = {}

    def find(name: str) -> Path:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            made[name] = _filled(folder, name)
        return made[name]

    return find


def _filled(folder: Path, name: str) -> Path:
    from tests.reference import checkpoints

    if name not in checkpoints.MAKERS:
        return standins.unpack(name, folder)
    checkpoints.MAKERS[name](folder)
    return folder


LIBRARIES: dict[str, Library] = {
    "sentence-transformers": "sentence-transformers",
    "clip": "clip",
    "metaclip2": "clip",
    "siglip": "siglip",
    "open_clip": "open_clip",
    "modernvbert": "modernvbert",
}
"""The library of each tiny checkpoint."""


@pytest.fixture(scope="session")
def encoder(checkpoint: Checkpoint) -> Callable[[str], Computing]:
    """The reference's encoder on the checkpoint of that name or tag."""
    ready: dict[str, Computing] = {}

    def find(name: str) -> Computing:
        if name not in ready:
            ready[name] = computing(_row(name), checkpoint(name))
        return ready[name]

    return find


def _row(name: str) -> Model:
    if name not in LIBRARIES:
        return models.find(name)
    return Model(tag=name, library=LIBRARIES[name], lower_case=name == "siglip")
