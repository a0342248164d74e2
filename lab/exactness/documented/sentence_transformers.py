"""The documented usage of sentence-transformers (https://sbert.net).

To inject mistakes, `encode` is split into its steps: the first module's preprocessing, then all
modules. A test compares the result with `encode` itself.
"""

from pathlib import Path
from typing import Any

import torch
from PIL.Image import Image
from sentence_transformers import SentenceTransformer

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage


def load(_: Model, folder: Path) -> Usage:
    """Load from the two directories of the vendor's image: one model for images, one for texts."""
    images = SentenceTransformer(str(folder / "clip"), device="cpu")
    texts = SentenceTransformer(str(folder / "text"), device="cpu")
    prepare = "preprocess" if hasattr(texts, "preprocess") else "tokenize"

    def tokens(text: str) -> Inputs:
        return dict(getattr(texts, prepare)([text]))

    def text_vector(inputs: Inputs) -> torch.Tensor:
        return _sentence(texts, inputs)

    def pixels(image: Image) -> Inputs:
        return dict(getattr(images, prepare)([image]))

    def image_vector(inputs: Inputs) -> torch.Tensor:
        return _sentence(images, inputs)

    return Usage(
        tokens,
        text_vector,
        pixels,
        image_vector,
        text_model=texts,
        image_model=images,
        tokenizer=texts.tokenizer,
        limit=int(getattr(texts, "max_seq_length", None) or 77),
        packages=("sentence-transformers", "transformers", "tokenizers", "torch", "pillow"),
    )


def encode(folder: Path, inputs: list[Any], kind: str) -> torch.Tensor:
    """The vectors (n, d) of texts (kind "text") or images ("clip") from the documented call."""
    model = SentenceTransformer(str(folder / kind), device="cpu")
    return torch.stack([model.encode(each, convert_to_tensor=True) for each in inputs])


def _sentence(model: SentenceTransformer, inputs: Inputs) -> torch.Tensor:
    vector: torch.Tensor = model(dict(inputs))["sentence_embedding"]
    return vector
