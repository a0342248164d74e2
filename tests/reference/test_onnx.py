"""With onnxruntime and without torch, the stand-ins produce the same vectors as with torch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from conformance.data import models
from reference import encoders, engine, settings, weights
from reference.encoders import Placement
from reference.engine import Engine
from reference.errors import UnloadableError
from reference.model import Model
from tests.reference.conftest import STAND_INS, Checkpoint

pytest.importorskip("reference.encoders.onnx")
pytestmark = pytest.mark.reference

WEB = {"flask", "waitress"}

TEXTS = (
    "",
    "a cat",
    "İstanbul, 2 köpek, 犬が二匹 &amp; <end_of_text>",
    "word " * 300,
    "</s> a <unk>",
)

IMPORTED = """
import json, sys
from pathlib import Path
from PIL import Image
from reference import compute_thread, encoder_service, encoders, serving, weights
placement = encoders.Placement(engine="onnx")
model = weights.unmeasured(encoders.load(None, Path(sys.argv[1]), placement), placement)
model.encode_texts(["a"]), model.encode_image(Image.new("RGB", (30, 20)))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded(tag: str, folder: Path, used: Engine) -> Model:
    placement = Placement(engine=used)
    return weights.unmeasured(encoders.load(models.find(tag), folder, placement), placement)


def distance(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.linalg.norm(one - other) / np.linalg.norm(one))


@pytest.mark.parametrize("name", STAND_INS)
def test_vectors_are_those_of_torch(name: str, checkpoint: Checkpoint) -> None:
    folder = checkpoint(name)
    torch, onnx = (loaded(STAND_INS[name], folder, used) for used in ("torch", "onnx"))
    for one, other in zip(torch.encode_texts(TEXTS), onnx.encode_texts(TEXTS), strict=True):
        assert distance(one, other) < 1e-5
    size = models.find(STAND_INS[name]).image_size or 512
    noise = np.random.default_rng(22).integers(0, 256, (size, size, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    assert distance(torch.encode_image(image), onnx.encode_image(image)) < 1e-4
    scaled = image.resize((300, 203)).convert("RGBA")
    assert distance(torch.encode_image(scaled), onnx.encode_image(scaled)) < 0.0032


def test_nothing_of_torch_is_imported_and_no_telemetry_is_prepared(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", IMPORTED, str(checkpoint("clip"))]
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=300, env=env)
    foreign = {"torch", "torchvision", "transformers", "open_clip", "sentence_transformers"}
    assert foreign & set(json.loads(done.stdout)) == set()
    assert list(tmp_path.iterdir()) == []


def asked(*options: str) -> settings.Settings:
    return settings.parse(["--model", STAND_INS["clip"], *options], {})


@pytest.mark.parametrize(
    ("options", "there", "message"),
    [
        ((), set(), "no inference backend is installed: pip install"),
        (("--engine", "torch"), {"onnxruntime", "tokenizers"}, "needs torch: pip install"),
        (("--weights", "hub"), {"onnxruntime", "tokenizers"}, "torch is needed: pip install"),
        (("--engine", "onnx"), {"torch"}, "needs onnxruntime and tokenizers: pip install"),
        (("--engine", "onnx", "--weights", "hub"), {"onnxruntime"}, "only stand-ins have ONNX"),
        (("--engine", "onnx", "--device", "cuda"), {"onnxruntime"}, "runs on the CPU"),
        (("--engine", "onnx", "--dtype", "float16"), {"onnxruntime"}, "runs in float32"),
    ],
)
def test_what_lacks_is_said(
    options: tuple[str, ...], there: set[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_has", lambda name: name in there | WEB)
    with pytest.raises(UnloadableError, match=message):
        engine.check(asked(*options))


@pytest.mark.parametrize(
    ("options", "there", "used"),
    [
        ((), {"onnxruntime", "tokenizers", "torch"}, "onnx"),
        ((), {"torch"}, "torch"),
        (("--dtype", "bfloat16"), {"onnxruntime", "tokenizers", "torch"}, "torch"),
        (("--engine", "torch"), {"onnxruntime", "tokenizers", "torch"}, "torch"),
    ],
)
def test_the_engine_is_chosen_by_what_is_there(
    options: tuple[str, ...],
    there: set[str],
    used: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(engine, "_has", lambda name: name in there | WEB)
    (tmp_path / "onnx.json").touch()
    assert engine.chosen(asked(*options), tmp_path) == used
