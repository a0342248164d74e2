"""sentence-transformers models: one model for both images and texts, or one for each."""

import threading
from pathlib import Path
from typing import Any

import torch
from PIL.Image import Image
from sentence_transformers import SentenceTransformer

from conformance.data.models import Model
from reference.encoders import Placement
from reference.inputs import Inputs, padded, shorten

UNLIMITED = 8192
"""Tokens kept of a text if a model specifies no limit."""


class SentenceTransformersEncoder:
    """Vectors from `SentenceTransformer.encode`, not normalized unless the model does so."""

    packages = ("sentence-transformers", "transformers", "tokenizers", "torch", "pillow")

    def __init__(self, images: SentenceTransformer, texts: SentenceTransformer) -> None:
        self._images = images
        self._texts = texts
        self._limit = int(texts.max_seq_length or UNLIMITED)
        self._lock = threading.Lock()  # Tokenizers are not thread-safe.

    def _count(self, text: str) -> int:
        return len(self._texts.tokenizer(text, verbose=False)["input_ids"])

    def text_inputs(self, text: str) -> Inputs:
        with self._lock:
            short = shorten(text, self._limit, self._count)
            inputs = _preprocessed(self._texts, _as_text(short))
        return padded(inputs, self._texts.tokenizer.pad_token_id, self._limit)

    def image_inputs(self, image: Image) -> Inputs:
        return _preprocessed(self._images, image)

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        vectors: torch.Tensor = self._texts(dict(inputs))["sentence_embedding"]
        return vectors

    def image_vectors(self, inputs: Inputs) -> torch.Tensor:
        vectors: torch.Tensor = self._images(dict(inputs))["sentence_embedding"]
        return vectors


NAMED = hasattr(SentenceTransformer, "preprocess")
"""Whether inputs can state their type, as since sentence-transformers 5.4."""


def _as_text(text: str) -> Any:
    # Otherwise, a text that looks like an image URL, or is the path of an image on this machine,
    # would be fetched and encoded as that image.
    return {"text": text} if NAMED else text


def _preprocessed(model: SentenceTransformer, item: Any) -> Inputs:
    return dict(model.preprocess([item]) if NAMED else model.tokenize([item]))


def load(model: Model, folder: Path | None, placement: Placement) -> SentenceTransformersEncoder:
    """Load from the vendor's `clip` and `text`, one plain directory for both, or the hub."""
    image_source, text_source = sources(model, folder)
    images = SentenceTransformer(image_source, device=placement.device)
    same = text_source == image_source
    texts = images if same else SentenceTransformer(text_source, device=placement.device)
    return SentenceTransformersEncoder(placement.put(images), placement.put(texts))


def sources(model: Model, folder: Path | None) -> tuple[str, str]:
    """The locations of the image model and the text model: directories, or hub IDs."""
    if folder is None:
        return str(model.image_model), str(model.text_model or model.image_model)
    if (folder / "clip").is_dir():
        return str(folder / "clip"), str(folder / "text")
    return str(folder), str(folder)
