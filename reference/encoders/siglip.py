"""SigLIP and SigLIP 2 (fixed resolution) as transformers has them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from transformers import AutoModel, AutoProcessor

from conformance.data.models import Model
from reference.encoders import Vectors, tensors
from reference.encoders.tensors import one, pooled, vectors
from reference.encoders.truncation import batches, shorten


class SiglipEncoder:
    """Vectors of a `SiglipModel`, not normalised, as its model card computes them."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any, device: str, lower_case: bool) -> None:
        self._model = model
        self._processor = processor
        self._device = device
        self._lower_case = lower_case
        self._limit: int = model.config.text_config.max_position_embeddings

    def _count(self, text: str) -> int:
        return len(self._processor.tokenizer(text, verbose=False)["input_ids"])

    @torch.inference_mode()
    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        short = [shorten(self._cased(text), self._limit, self._count) for text in texts]
        return np.concatenate([self._text_batch(list(batch)) for batch in batches(short)])

    def _cased(self, text: str) -> str:
        # SigLIP 2 saw lower-cased texts only (arXiv 2502.14786, 2.1), which not every published
        # tokenizer does by itself (vLLM pull request 51157).
        return text.lower() if self._lower_case else text

    def _text_batch(self, texts: list[str]) -> Vectors:
        # Always the full length, as in training: the vector is read off the last position, and the
        # published tokenizers give no attention mask, so shorter padding gives another vector.
        options = {"padding": "max_length", "truncation": True, "max_length": self._limit}
        inputs = self._processor.tokenizer(texts, return_tensors="pt", **options)
        return vectors(pooled(self._model.get_text_features(**inputs.to(self._device))))

    @torch.inference_mode()
    def encode_image(self, image: Image) -> Vectors:
        inputs = self._processor.image_processor(images=image, return_tensors="pt")
        return one(pooled(self._model.get_image_features(**inputs.to(self._device))))


def load(model: Model, folder: Path | None, device: str) -> SiglipEncoder:
    """From the vendor's `siglip`, one plain folder, or the hub."""
    weights, processor, options = sources(model, folder)
    loaded = tensors.model(AutoModel, weights, device)
    read = tensors.processor(AutoProcessor, processor, **options)
    return SiglipEncoder(loaded, read, device, model.lower_case)


def sources(model: Model, folder: Path | None) -> tuple[str, str, dict[str, str]]:
    """Where the weights are, where the processor is, and options for loading the latter."""
    if folder is None:
        return str(model.image_model), str(model.image_model), {}
    weights = folder / "siglip" if (folder / "siglip").is_dir() else folder
    has_processor = any(weights.glob("*processor_config.json"))
    if has_processor or not (folder / "model_name").exists():
        return str(weights), str(weights), {}
    # The vendor's image keeps the processor as a hub cache inside the weights' folder.
    name = (folder / "model_name").read_text(encoding="utf-8").strip()
    return str(weights), name, {"cache_dir": str(weights)}
