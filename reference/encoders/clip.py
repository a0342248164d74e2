"""CLIP as transformers has it: OpenAI's checkpoints and MetaCLIP 2."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from transformers import AutoModel, AutoProcessor

from conformance.data.models import Model
from reference.encoders import Vectors, tensors
from reference.encoders.tensors import one, pooled, unit, vectors
from reference.encoders.truncation import batches, shorten


class ClipEncoder:
    """Unit vectors of a `CLIPModel` or `MetaClip2Model`, with its own processor."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any, device: str) -> None:
        self._model = model
        self._processor = processor
        self._device = device
        # Longer texts make the model fail on its position table; the vendor's container does.
        self._limit: int = model.config.text_config.max_position_embeddings

    def _count(self, text: str) -> int:
        return len(self._processor.tokenizer(text, verbose=False)["input_ids"])

    @torch.inference_mode()
    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        short = [shorten(text, self._limit, self._count) for text in texts]
        return np.concatenate([self._text_batch(list(batch)) for batch in batches(short)])

    def _text_batch(self, texts: list[str]) -> Vectors:
        inputs = self._processor.tokenizer(
            texts, padding=True, truncation=True, max_length=self._limit, return_tensors="pt"
        ).to(self._device)
        return vectors(unit(pooled(self._model.get_text_features(**inputs))))

    @torch.inference_mode()
    def encode_image(self, image: Image) -> Vectors:
        inputs = self._processor.image_processor(images=image, return_tensors="pt")
        features = self._model.get_image_features(
            pixel_values=inputs["pixel_values"].to(self._device)
        )
        return one(unit(pooled(features)))


def load(model: Model, folder: Path | None, device: str) -> ClipEncoder:
    """From the vendor's `openai_clip` and `openai_clip_processor`, one plain folder, or the hub."""
    weights, processor = sources(model, folder)
    loaded = tensors.model(AutoModel, weights, device)
    return ClipEncoder(loaded, tensors.processor(AutoProcessor, processor), device)


def sources(model: Model, folder: Path | None) -> tuple[str, str]:
    """Where the weights and the processor are: folders, or hub ids."""
    if folder is None:
        return str(model.image_model), str(model.image_model)
    if (folder / "openai_clip").is_dir():
        return str(folder / "openai_clip"), str(folder / "openai_clip_processor")
    return str(folder), str(folder)
