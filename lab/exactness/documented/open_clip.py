"""The documented usage of open_clip, from its README.

The README uses `preprocess(Image.open(...))`, `tokenizer([...])`, `encode_image`, and
`encode_text`, and divides each vector by its norm. `preprocess` receives the image as opened,
resizes and crops it in its original color mode, and converts it to RGB last.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import open_clip
import torch
from PIL.Image import Image

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage, unit


def load(_: Model, folder: Path) -> Usage:
    """Load the architecture, registered under a name, and the weights, as in the vendor's image."""
    config = json.loads((folder / "openclip" / "config.json").read_text(encoding="utf-8"))
    weights = folder / "openclip" / "open_clip_model.safetensors"
    name = _registered(config["model_config"], folder / "openclip")
    model, _, preprocess = open_clip.create_model_and_transforms(name, pretrained=str(weights))
    model.eval()
    tokenizer = open_clip.get_tokenizer(name)

    def tokens(text: str) -> Inputs:
        return {"text": tokenizer([text])}

    def text_vector(inputs: Inputs) -> torch.Tensor:
        return unit(model.encode_text(inputs["text"]))

    def pixels(image: Image) -> Inputs:
        return {"image": preprocess(image).unsqueeze(0)}

    def image_vector(inputs: Inputs) -> torch.Tensor:
        return unit(model.encode_image(inputs["image"]))

    return Usage(
        tokens,
        text_vector,
        pixels,
        image_vector,
        text_model=model,
        image_model=model,
        tokenizer=tokenizer,
        limit=tokenizer.context_length,
        packages=(
            "open-clip-torch",
            "torch",
            "torchvision",
            "pillow",
            "transformers",
            "tokenizers",
        ),
    )


def _registered(architecture: dict[str, Any], folder: Path) -> str:
    """open_clip's name for a custom architecture, a JSON file as described in its README."""
    text = architecture["text_cfg"]
    for key in {"hf_model_name", "hf_tokenizer_name"} & text.keys():
        text[key] = str(folder / "tokenizer")
    with TemporaryDirectory() as scratch:
        (Path(scratch) / "stand-in.json").write_text(json.dumps(architecture), encoding="utf-8")
        open_clip.add_model_config(scratch)
    return "stand-in"
