"""The documented usage of SigLIP and SigLIP 2 (fixed resolution) in transformers.

https://huggingface.co/docs/transformers/model_doc/siglip and /siglip2: "make sure to pass
padding='max_length'" (64 tokens), since that is how the model was trained. According to its notes,
SigLIP 2 needs lowercased texts. `get_text_features` and `get_image_features` are used unchanged,
since the model cards normalize vectors only to compare them.
"""

from pathlib import Path
from typing import Any

import torch
import transformers
from PIL.Image import Image

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage, pooled

HF: Any = transformers
LIMIT = 64


def load(row: Model, folder: Path) -> Usage:
    """Load from the directory of the vendor's image."""
    model = HF.AutoModel.from_pretrained(folder / "siglip").eval()
    processor = HF.AutoProcessor.from_pretrained(folder / "siglip")

    def tokens(text: str) -> Inputs:
        sent = text.lower() if row.lower_case else text
        options = {"padding": "max_length", "max_length": LIMIT, "truncation": True}
        return dict(processor(text=[sent], return_tensors="pt", **options))

    def text_vector(inputs: Inputs) -> torch.Tensor:
        return pooled(model.get_text_features(**inputs))

    def pixels(image: Image) -> Inputs:
        return dict(processor(images=image, return_tensors="pt"))

    def image_vector(inputs: Inputs) -> torch.Tensor:
        return pooled(model.get_image_features(**inputs))

    return Usage(
        tokens,
        text_vector,
        pixels,
        image_vector,
        text_model=model,
        image_model=model,
        tokenizer=processor.tokenizer,
        limit=LIMIT,
        packages=("transformers", "tokenizers", "torch", "torchvision", "pillow", "sentencepiece"),
    )
