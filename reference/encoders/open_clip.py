"""Models from the open_clip library."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import open_clip
import torch
from PIL.Image import Image

from conformance.data.models import Model
from reference.encoders import Placement
from reference.encoders.shared import unit
from reference.errors import UnloadableError
from reference.images import quiet
from reference.inputs import Inputs, shorten

Loaded = tuple[Any, Callable[[Image], torch.Tensor], Any]
"""Model, image transform, tokenizer."""


class OpenClipEncoder:
    """Unit vectors of an open_clip model, with its own image transform and tokenizer."""

    packages = ("open-clip-torch", "torch", "torchvision", "pillow")

    def __init__(self, loaded: Loaded, placement: Placement) -> None:
        model, self._transform, self._tokenizer = loaded
        self._model = placement.put(model)
        self._lock = threading.Lock()  # transformers' tokenizers are not thread-safe.
        self._limit: int = self._tokenizer.context_length

    def _count(self, text: str) -> int:
        if hasattr(self._tokenizer, "encode"):
            return len(self._tokenizer.encode(text))
        return len(self._tokenizer.tokenizer(text, verbose=False)["input_ids"])

    def text_inputs(self, text: str) -> Inputs:
        with self._lock:
            short = shorten(_collapsed(text), self._limit, self._count)
            return {"text": self._tokenizer([short])}

    def image_inputs(self, image: Image) -> Inputs:
        # Passed as opened: the transform resizes and crops in the image's own mode and converts
        # last, so palette and 1-bit images are resized with nearest-neighbor interpolation.
        return {"image": self._transform(quiet(image)).unsqueeze(0)}

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        return unit(self._model.encode_text(**inputs))

    def image_vectors(self, inputs: Inputs) -> torch.Tensor:
        return unit(self._model.encode_image(**inputs))


LONG = 4096
"""Characters of a text above which whitespace is collapsed before the tokenizer does it."""


def _collapsed(text: str) -> str:
    # The tokenizer first fixes a text line by line (ftfy): a megabyte of line feeds took 18 s.
    return " ".join(text.split()) if len(text) > LONG else text


def load(model: Model, folder: Path | None, placement: Placement) -> OpenClipEncoder:
    """Load from the vendor's `openclip`, a directory of the library's own layout, or the hub."""
    if folder is None:
        return OpenClipEncoder(_by_name(str(model.image_model), str(model.pretrained)), placement)
    plain = folder / "openclip" if (folder / "openclip").is_dir() else folder
    return OpenClipEncoder(_from_folder(plain), placement)


def _by_name(name: str, pretrained: str | None, cache: str | None = None) -> Loaded:
    model, _, transform = open_clip.create_model_and_transforms(
        name, pretrained=pretrained, cache_dir=cache
    )
    return model, transform, open_clip.get_tokenizer(name, cache_dir=cache)


def _from_folder(folder: Path) -> Loaded:
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    if (folder / "open_clip_config.json").exists() and weights:
        return _by_name(f"local-dir:{folder}", None)
    if not (folder / "config.json").exists():
        raise UnloadableError(
            f"{folder} has neither config.json nor open_clip_config.json with weights"
        )
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if weights:
        return _from_files(config, folder, weights[0])
    # As in the vendor's image: the directory is a hub cache, and the config names the weights.
    return _by_name(config["model_name"], config["pretrained"], str(folder))


def _from_files(config: dict[str, Any], folder: Path, weights: Path) -> Loaded:
    """The vendor's `config.json` next to a weights file, converted to the library's own layout."""
    architecture, tokenizer = config["model_config"], folder / "tokenizer"
    with TemporaryDirectory() as made:
        for source in (weights, *(tokenizer.iterdir() if tokenizer.is_dir() else ())):
            (Path(made) / source.name).symlink_to(source.resolve())
        if "hf_model_name" in architecture["text_cfg"] and tokenizer.is_dir():
            architecture["text_cfg"]["hf_model_name"] = str(tokenizer)
        recast = {"model_cfg": architecture, "preprocess_cfg": config.get("preprocess_cfg", {})}
        (Path(made) / "open_clip_config.json").write_text(json.dumps(recast), encoding="utf-8")
        return _by_name(f"local-dir:{made}", None)
