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
from transformers import Idefics3Processor, ModernVBertModel

from conformance.data.models import Model
from reference.encoders import Vectors, tensors
from reference.encoders.tensors import one, unit
from reference.encoders.truncation import shorten

PROMPT = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"


class ModernVBertEncoder:
    """Unit vectors of a `ModernVBertModel`."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any, device: str, limit: int | None) -> None:
        self._model = model
        self._processor = processor
        self._device = device
        positions: int = model.config.text_config.max_position_embeddings
        self._limit = min(limit or positions, positions)

    def _count(self, text: str) -> int:
        return len(self._processor.tokenizer(text, verbose=False)["input_ids"])

    @torch.inference_mode()
    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._text(shorten(text, self._limit, self._count)) for text in texts])

    def _text(self, text: str) -> Vectors:
        # One at a time: padded to a companion of 8,192 tokens, a few words would cost as much,
        # and the attention mask of a batch some gigabytes.
        inputs = self._processor.tokenizer(
            [text], truncation=True, max_length=self._limit, return_tensors="pt"
        )
        return one(self._mean(inputs))

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
    loaded = tensors.model(ModernVBertModel, weights, device, **caches[0])
    # By name, because the published one is called after colpali-engine's subclass of this class.
    read = tensors.processor(Idefics3Processor, processor, **caches[1])
    read.image_seq_len = loaded.image_seq_len  # 169 unless the file says otherwise
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
