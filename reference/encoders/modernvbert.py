"""ModernVBERT as a bi-encoder, as in colpali-engine's BiModernVBert, but based on transformers.

Details from colpali-engine 0.3.13 (`models/modernvbert`), which the vendor's container uses: an
image is inserted into a fixed prompt, the vector is the mean over all attended positions, texts are
sent without a prompt, and vectors are normalized.
"""

import threading
from pathlib import Path
from typing import Any

import torch
from PIL.Image import Image
from transformers import Idefics3Processor, ModernVBertModel

from conformance.data.models import Model
from reference.encoders import Placement
from reference.encoders.shared import Tokens, load_model, load_processor, unit
from reference.images import to_rgb
from reference.inputs import Inputs

PROMPT = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"


class ModernVBertEncoder:
    """Unit vectors of a `ModernVBertModel`."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any, limit: int | None) -> None:
        self._model = model
        self._processor = processor
        # The same tokenizer serves texts and the prompts of images.
        self._lock = threading.Lock()
        positions: int = model.config.text_config.max_position_embeddings
        self._tokens = Tokens(processor.tokenizer, min(limit or positions, positions))

    def text_inputs(self, text: str) -> Inputs:
        with self._lock:
            return self._tokens(text)

    def image_inputs(self, image: Image) -> Inputs:
        with self._lock:
            return dict(self._processor(text=[PROMPT], images=[to_rgb(image)], return_tensors="pt"))

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        states = self._model(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        return unit((states * mask).sum(dim=1) / mask.sum(dim=1))

    image_vectors = text_vectors


def load(model: Model, folder: Path | None, placement: Placement) -> ModernVBertEncoder:
    """Load from `modernvbert`, one plain directory, the vendor's two hub caches, or the hub."""
    weights, processor, caches = sources(model, folder)
    loaded = load_model(ModernVBertModel, weights, placement, **caches[0])
    # By name, because the published model is named after colpali-engine's subclass of this class.
    read = load_processor(Idefics3Processor, processor, **caches[1])
    read.image_seq_len = loaded.image_seq_len  # 169 unless the file says otherwise.
    return ModernVBertEncoder(loaded, read, model.text_tokens)


Options = dict[str, str]


def sources(model: Model, folder: Path | None) -> tuple[str, str, tuple[Options, Options]]:
    """The locations of the weights and the processor, and options for loading each."""
    if folder is None:
        return str(model.image_model), str(model.image_model), ({}, {})
    caches = folder / "colpali_engine_model", folder / "colpali_engine_processor"
    if caches[0].is_dir():
        name = (folder / "model_name").read_text(encoding="utf-8").strip()
        return name, name, ({"cache_dir": str(caches[0])}, {"cache_dir": str(caches[1])})
    plain = folder / "modernvbert" if (folder / "modernvbert").is_dir() else folder
    return str(plain), str(plain), ({}, {})
