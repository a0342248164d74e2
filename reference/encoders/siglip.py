"""SigLIP and SigLIP 2 (fixed resolution) with transformers."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoProcessor

from conformance.data.models import Model
from reference.encoders import Placement
from reference.encoders.shared import Pixels, Tokens, load_model, load_processor, pooled
from reference.inputs import Inputs


class SiglipEncoder:
    """Vectors of a `SiglipModel`, not normalized, as its model card computes them."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any, lower_case: bool) -> None:
        self._model = model
        self.image_inputs = Pixels(processor.image_processor)
        self._lower_case = lower_case
        # Always the full length, as in training: the vector is taken from the last position, and
        # the published tokenizers give no attention mask, so padding affects the vector.
        limit = model.config.text_config.max_position_embeddings
        self._tokens = Tokens(processor.tokenizer, limit, padding="max_length")

    def text_inputs(self, text: str) -> Inputs:
        # SigLIP 2 was trained only on lowercased texts (arXiv 2502.14786, 2.1), but not every
        # published tokenizer lowercases (vLLM pull request 51157).
        return self._tokens(text.lower() if self._lower_case else text)

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        return pooled(self._model.get_text_features(**inputs))

    def image_vectors(self, inputs: Inputs) -> torch.Tensor:
        return pooled(self._model.get_image_features(**inputs))


def load(model: Model, folder: Path | None, placement: Placement) -> SiglipEncoder:
    """Load from the vendor's `siglip`, one plain directory, or the hub."""
    weights, processor, options = sources(model, folder)
    loaded = load_model(AutoModel, weights, placement)
    read = load_processor(AutoProcessor, processor, **options)
    return SiglipEncoder(loaded, read, model.lower_case)


def sources(model: Model, folder: Path | None) -> tuple[str, str, dict[str, str]]:
    """The locations of the weights and the processor, and options for loading the latter."""
    if folder is None:
        return str(model.image_model), str(model.image_model), {}
    weights = folder / "siglip" if (folder / "siglip").is_dir() else folder
    has_processor = any(weights.glob("*processor_config.json"))
    if has_processor or not (folder / "model_name").exists():
        return str(weights), str(weights), {}
    # The vendor's image keeps the processor as a hub cache inside the weights' directory.
    name = (folder / "model_name").read_text(encoding="utf-8").strip()
    return str(weights), name, {"cache_dir": str(weights)}
