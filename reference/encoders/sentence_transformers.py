"""Models of the sentence-transformers library: one for images, the same or another for texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL.Image import Image
from sentence_transformers import SentenceTransformer

from conformance.data.models import Model
from reference.encoders import Vectors
from reference.encoders.truncation import BATCH, shorten

UNLIMITED = 8192
"""Tokens kept of a text if a model names no limit."""


class SentenceTransformersEncoder:
    """Vectors as `SentenceTransformer.encode` gives them, not normalised unless the model does."""

    packages = ("sentence-transformers", "transformers", "tokenizers", "torch", "pillow")

    def __init__(self, images: SentenceTransformer, texts: SentenceTransformer) -> None:
        self._images = images
        self._texts = texts
        self._limit = int(texts.max_seq_length or UNLIMITED)

    def _count(self, text: str) -> int:
        return len(self._texts.tokenizer(text, verbose=False)["input_ids"])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        short = [shorten(text, self._limit, self._count) for text in texts]
        return _encoded(self._texts, [_as_text(text) for text in short])

    def encode_image(self, image: Image) -> Vectors:
        vector: Vectors = _encoded(self._images, [image])[0]
        return vector


def _as_text(text: str) -> Any:
    # Since 5.4 a bare string that looks like the URL of an image, or is the path of one here,
    # would be fetched and encoded as that image.
    return {"text": text} if hasattr(SentenceTransformer, "preprocess") else text


def _encoded(model: SentenceTransformer, inputs: list[Any]) -> Vectors:
    encoded = model.encode(inputs, batch_size=BATCH, show_progress_bar=False)
    return np.asarray(encoded, dtype=np.float32)


def load(model: Model, folder: Path | None, device: str) -> SentenceTransformersEncoder:
    """From the vendor's `clip` and `text`, one plain folder for both, or the hub."""
    image_source, text_source = sources(model, folder)
    images = SentenceTransformer(image_source, device=device)
    same = text_source == image_source
    texts = images if same else SentenceTransformer(text_source, device=device)
    return SentenceTransformersEncoder(images, texts)


def sources(model: Model, folder: Path | None) -> tuple[str, str]:
    """Where the image model and the text model are: folders, or hub ids."""
    if folder is None:
        return str(model.image_model), str(model.text_model or model.image_model)
    if (folder / "clip").is_dir():
        return str(folder / "clip"), str(folder / "text")
    return str(folder), str(folder)
