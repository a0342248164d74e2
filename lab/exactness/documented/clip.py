"""The documented usage of CLIP and MetaCLIP 2 in transformers.

https://huggingface.co/docs/transformers/model_doc/clip and /metaclip_2: a processor creates the
inputs, from which `get_text_features` and `get_image_features` compute the features, which are
normalized before comparison (`CLIPModel.forward`). Texts are truncated to the model's maximum
number of positions.
"""

from pathlib import Path
from typing import Any

import torch
import transformers
from PIL.Image import Image

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage, pooled, unit

HF: Any = transformers


def load(_: Model, folder: Path) -> Usage:
    """Load from the directories of the vendor's image."""
    model = HF.AutoModel.from_pretrained(folder / "openai_clip").eval()
    processor = HF.AutoProcessor.from_pretrained(folder / "openai_clip_processor")

    def tokens(text: str) -> Inputs:
        return dict(processor(text=[text], return_tensors="pt", padding=True, truncation=True))

    def text_vector(inputs: Inputs) -> torch.Tensor:
        return unit(pooled(model.get_text_features(**inputs)))

    def pixels(image: Image) -> Inputs:
        return dict(processor(images=image, return_tensors="pt"))

    def image_vector(inputs: Inputs) -> torch.Tensor:
        return unit(pooled(model.get_image_features(**inputs)))

    return Usage(
        tokens,
        text_vector,
        pixels,
        image_vector,
        text_model=model,
        image_model=model,
        tokenizer=processor.tokenizer,
        limit=processor.tokenizer.model_max_length,
        packages=("transformers", "tokenizers", "torch", "torchvision", "pillow"),
    )
