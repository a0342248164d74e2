"""ModernVBERT as a bi-encoder: what colpali-engine's BiModernVBert computes, with transformers.

Facts from colpali-engine 0.3.13 (`models/modernvbert`), which the vendor's container uses: the
image goes into a fixed prompt, the mean over all attended positions is the vector, texts are sent
without a prompt, and vectors are normalised.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from transformers import AutoProcessor, ModernVBertModel

from conformance.models import Model
from reference.encoders import UnloadableError, Vectors
from reference.encoders.prefix import batches, shorten
from reference.encoders.tensors import from_pretrained, one, unit, vectors

PROMPT = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"


class ModernVBertEncoder:
    """Unit vectors of a `ModernVBertModel`."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any, device: str, limit: int | None) -> None:
        self._model = model.to(device).eval()
        self._processor = processor
        self._processor.tokenizer.padding_side = "left"
        self._device = device
        positions: int = model.config.text_config.max_position_embeddings
        self._limit = min(limit or positions, positions)

    def _count(self, text: str) -> int:
        return len(self._processor.tokenizer(text, verbose=False)["input_ids"])

    @torch.inference_mode()
    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        short = [shorten(text, self._limit, self._count) for text in texts]
        return np.concatenate([self._text_batch(list(batch)) for batch in batches(short)])

    def _text_batch(self, texts: list[str]) -> Vectors:
        inputs = self._processor.tokenizer(
            texts, padding="longest", truncation=True, max_length=self._limit, return_tensors="pt"
        )
        return vectors(self._mean(inputs))

    @torch.inference_mode()
    def encode_image(self, image: Image) -> Vectors:
        inputs = self._processor(text=[PROMPT], images=[image], return_tensors="pt")
        return one(self._mean(inputs))

    def _mean(self, inputs: Any) -> torch.Tensor:
        inputs = inputs.to(self._device)
        states = self._model(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        return unit((states * mask).sum(dim=1) / mask.sum(dim=1))


def load(model: Model, folder: Path | None, device: str) -> ModernVBertEncoder:
    """From the folder `modernvbert`, one plain folder, the vendor's two hub caches, or the hub."""
    weights, processor, caches = sources(model, folder)
    loaded, report = from_pretrained(ModernVBertModel)(
        weights, dtype=torch.float32, output_loading_info=True, **caches[0]
    )
    if report["missing_keys"]:
        # Else the library makes them up at random, with no more than a warning.
        raise UnloadableError(f"{weights} lacks {min(report['missing_keys'])} and perhaps more")
    read = from_pretrained(AutoProcessor)(processor, **caches[1])
    return ModernVBertEncoder(loaded, read, device, model.text_tokens)


Options = dict[str, str]


def sources(model: Model, folder: Path | None) -> tuple[str, str, tuple[Options, Options]]:
    """Where the weights and the processor are, and options for loading each."""
    if folder is None:
        return str(model.image_model), str(model.image_model), ({}, {})
    caches = folder / "colpali_engine_model", folder / "colpali_engine_processor"
    if caches[0].is_dir():
        name = (folder / "model_name").read_text(encoding="utf-8").strip()
        return name, name, ({"cache_dir": str(caches[0])}, {"cache_dir": str(caches[1])})
    plain = folder / "modernvbert" if (folder / "modernvbert").is_dir() else folder
    return str(plain), str(plain), ({}, {})
