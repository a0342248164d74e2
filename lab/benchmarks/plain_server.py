"""A simple server designed like Weaviate's encoder, as a baseline for the reference encoder.

The server has one lock around the whole model, no batching across requests, and a thread per
request; CLIP and SigLIP are used as in transformers' documentation. ``python -m
lab.benchmarks.plain_server DIR --port 8081 [--autograd]``; with `--autograd`, the graph for a
backward pass is built, as in servers that do not use `no_grad`.
"""

import argparse
import base64
import io
import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
import waitress
from flask import Flask, Response, jsonify, request
from PIL import Image
from transformers import AutoModel, AutoProcessor

from lab.benchmarks.programs import add_placement
from reference.encoders import Placement
from reference.encoders.shared import load_processor, pooled


class PlainEncoder:
    """A CLIP or SigLIP model behind one lock."""

    def __init__(self, folder: Path, placement: Placement, autograd: bool) -> None:
        self._model, self._processor = load(folder, placement)
        self._text_options = text_options(self._model)
        self._autograd = autograd
        self._lock = threading.Lock()

    def encode(self, texts: list[str], images: list[str]) -> dict[str, list[list[float]]]:
        """The contract's response."""
        with self._lock, nullcontext() if self._autograd else torch.no_grad():
            return {
                "textVectors": [self._text(text) for text in texts],
                "imageVectors": [self._image(image) for image in images],
            }

    def _text(self, text: str) -> list[float]:
        inputs = placed(self._processor(text=[text], **self._text_options), self._model)
        return _row(self._model.get_text_features(**inputs))

    def _image(self, encoded: str) -> list[float]:
        image = Image.open(io.BytesIO(base64.b64decode(encoded)))
        inputs = placed(self._processor(images=image, return_tensors="pt"), self._model)
        return _row(self._model.get_image_features(**inputs))


def load(folder: Path, placement: Placement) -> tuple[Any, Any]:
    """The model in `folder`, ready to encode, and its processor."""
    model: Any = AutoModel.from_pretrained(folder, dtype=placement.dtype)
    return model.to(placement.device).eval(), load_processor(AutoProcessor, str(folder))


def text_options(model: Any) -> dict[str, Any]:
    """Tokenizer options from the model card: SigLIP was trained on full-length texts."""
    siglip = model.config.model_type == "siglip"
    return {
        "return_tensors": "pt",
        "truncation": True,
        "padding": "max_length" if siglip else True,
        "max_length": model.config.text_config.max_position_embeddings,
    }


def placed(inputs: Any, model: Any) -> Any:
    """The processor's `inputs`, on the model's device and in its data type."""
    return inputs.to(model.device).to(model.dtype)


def _row(output: Any) -> list[float]:
    features = pooled(output)[0]
    row: list[float] = (features / features.norm()).tolist()
    return row


def create_app(encoder: PlainEncoder) -> Flask:
    """The routes that the benchmark uses."""
    app = Flask("plain")

    @app.get("/.well-known/ready")
    def ready() -> tuple[str, int]:
        return "", 204

    @app.post("/vectorize")
    def vectorize() -> Response:
        asked = request.get_json()
        return jsonify(encoder.encode(asked.get("texts", []), asked.get("images", [])))

    return app


def main(arguments: Sequence[str]) -> int:
    """Serve until a signal arrives."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.plain_server")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--autograd", action="store_true")
    add_placement(parser)
    asked = parser.parse_args(arguments)
    placement = Placement(asked.device, asked.dtype)
    app = create_app(PlainEncoder(asked.folder, placement, asked.autograd))
    waitress.serve(app, host="127.0.0.1", port=asked.port, threads=64)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
