"""ModernVBERT, used as in colpali-engine's BiModernVBert, but with transformers' model class.

Details from colpali-engine 0.3.13 (`models/modernvbert/bivbert`): texts have no prompt, whereas an
image is inserted into one; the vector is the normalized mean of the last hidden states over the
attended positions.
"""

from pathlib import Path
from typing import Any

import torch
import transformers
from PIL.Image import Image

from conformance.data.models import Model
from lab.exactness.documented.usage import Inputs, Usage, unit

HF: Any = transformers
PROMPT = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"


def load(row: Model, folder: Path) -> Usage:
    """Load from the stand-in's directory."""
    model = HF.ModernVBertModel.from_pretrained(folder / "modernvbert").eval()
    processor = HF.Idefics3Processor.from_pretrained(folder / "modernvbert")
    processor.image_seq_len = model.image_seq_len
    limit = min(row.text_tokens or 10**6, model.config.text_config.max_position_embeddings)

    def tokens(text: str) -> Inputs:
        options = {"truncation": True, "max_length": limit, "return_tensors": "pt"}
        return dict(processor.tokenizer([text], **options))

    def mean(inputs: Inputs) -> torch.Tensor:
        states = model(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        return unit((states * mask).sum(dim=1) / mask.sum(dim=1))

    def pixels(image: Image) -> Inputs:
        opened = image.convert("RGB")  # As in BiModernVBertProcessor.process_images.
        return dict(processor(text=[PROMPT], images=[opened], return_tensors="pt"))

    return Usage(
        tokens,
        mean,
        pixels,
        mean,
        text_model=model,
        image_model=model,
        tokenizer=processor.tokenizer,
        limit=limit,
        packages=("transformers", "tokenizers", "torch", "torchvision", "pillow"),
    )
