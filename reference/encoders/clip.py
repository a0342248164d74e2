"""CLIP with transformers: OpenAI's checkpoints and MetaCLIP 2."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoProcessor

from conformance.data.models import Model
from reference.encoders import Placement
from reference.encoders.shared import Pixels, Tokens, load_model, load_processor, pooled, unit
from reference.inputs import Inputs


class ClipEncoder:
    """Unit vectors of a `CLIPModel` or `MetaClip2Model`, with its own processor."""

    packages = ("transformers", "tokenizers", "torch", "torchvision", "pillow")

    def __init__(self, model: Any, processor: Any) -> None:
        self._model = model
        self.image_inputs = Pixels(processor.image_processor)
        # Longer texts exceed the model's position table; the vendor's container fails on them.
        self.text_inputs = Tokens(
            processor.tokenizer, model.config.text_config.max_position_embeddings
        )

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        return unit(pooled(self._model.get_text_features(**inputs)))

    def image_vectors(self, inputs: Inputs) -> torch.Tensor:
        return unit(pooled(self._model.get_image_features(**inputs)))


def load(model: Model, folder: Path | None, placement: Placement) -> ClipEncoder:
    """Load from the vendor's two directories (`openai_clip...`), a single one, or the hub."""
    weights, processor = sources(model, folder)
    loaded = load_model(AutoModel, weights, placement)
    return ClipEncoder(loaded, load_processor(AutoProcessor, processor))


def sources(model: Model, folder: Path | None) -> tuple[str, str]:
    """The locations of the weights and the processor: directories, or hub IDs."""
    if folder is None:
        return str(model.image_model), str(model.image_model)
    if (folder / "openai_clip").is_dir():
        return str(folder / "openai_clip"), str(folder / "openai_clip_processor")
    return str(folder), str(folder)
