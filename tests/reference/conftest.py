"""Fixtures for the reference encoder's tests: a fake encoder, an application, and stand-ins."""

import base64
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from flask.testing import FlaskClient
from PIL import Image

from conformance.data import models
from reference import encoders, standins, weights
from reference.app import create_app
from reference.compute_thread import ComputeThread
from reference.encoder_service import EncoderService
from reference.encoders import Encoder, Placement
from reference.inputs import Inputs
from reference.model import Model
from reference.settings import Settings

torch.set_num_threads(1)  # One thread is enough, since pytest has several workers.

Find = Callable[[str], Model]
Checkpoint = Callable[[str], Path]

STAND_INS = {
    "sentence-transformers": "sentence-transformers-clip-ViT-B-32-multilingual-v1",
    "clip": "openai-clip-vit-base-patch16",
    "metaclip2": "facebook-metaclip-2-worldwide-b32-384",
    "siglip": "google-siglip2-so400m-patch16-384",
    "open_clip": "ViT-B-32-quickgelu-laion400m_e32",
    "modernvbert": "ModernVBERT-modernvbert-embed",
}
"""A tag for each way in which the reference uses a library."""


class MeanColor:
    """An encoder of dimension 3: an image's mean color, or a text's length, first character, and
    last character."""

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
    """`image` as a base64-encoded file of this kind."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def loaded(encoder: Encoder, dimensions: int | None = None) -> EncoderService:
    model = weights.unmeasured(encoder, Placement())
    thread = ComputeThread(lambda: weights.measured(model, dimensions, {}))
    thread.start()
    thread.loading.result()
    return EncoderService(thread.loading, max_pixels=10**8)


@pytest.fixture
def settings() -> Settings:
    return Settings(model=models.Model(tag="mean-color"), max_body=2**20, max_pixels=10_000)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A client of the application with the encoder `MeanColor`."""
    return create_app(loaded(MeanColor()), settings).test_client()


@pytest.fixture(scope="session")
def photograph() -> Image.Image:
    """An image with smooth and sharp parts that is wider than it is high."""
    ramp = np.linspace(0, 255, 320)[None, :] * np.linspace(0.2, 1, 200)[:, None]
    layers = np.stack([ramp, ramp[::-1], 255 - ramp], axis=-1).astype(np.uint8)
    layers[60:120, 80:160] = (200, 30, 30)
    return Image.fromarray(layers)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Unpacks the stand-in for a key of `STAND_INS`, once."""
    return cache(lambda name: standins.unpack(STAND_INS[name], tmp_path_factory.mktemp(name)))


@pytest.fixture(scope="session")
def model(checkpoint: Checkpoint) -> Find:
    """Loads the stand-in for a key of `STAND_INS`, once."""
    return cache(lambda name: load(models.find(STAND_INS[name]), checkpoint(name)))


def load(row: models.Model, folder: Path) -> Model:
    return weights.unmeasured(encoders.load(row, folder, Placement()), Placement())


SECONDS = 300
"""Limit for startup on a machine that is busy with other things."""

HTTP = httpx.Client(timeout=SECONDS, limits=httpx.Limits(max_keepalive_connections=0))
"""Each request has its own connection, so that any worker may take it. All share one TLS context,
since creating one costs more than everything else."""


@dataclass
class Run:
    """A started program."""

    process: subprocess.Popen[str]
    line: str
    log: Path

    @property
    def url(self) -> str:
        return self.line.split()[-1]

    def wait_ready(self) -> None:
        until = time.monotonic() + SECONDS
        while HTTP.get(f"{self.url}/.well-known/ready").status_code != 204:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until
            time.sleep(0.05)


Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts ``python -m reference`` with a model table of one row, and reads its first line of
    output."""
    runs: list[Run] = []

    def begin(*arguments: str) -> Run:
        rows, log = tmp_path / "rows.toml", tmp_path / "log"
        rows.write_text('[[model]]\ntag = "own"\nlibrary = "clip"\n')
        command = [sys.executable, "-m", "reference", "--models", str(rows), "--model", "own"]
        with log.open("w") as errors:
            process = subprocess.Popen(
                [*command, "--port", "0", *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "TMPDIR": str(tmp_path)},
            )
        assert process.stdout is not None
        runs.append(Run(process, process.stdout.readline(), log))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.communicate()
