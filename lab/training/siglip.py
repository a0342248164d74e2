"""SigLIP as implemented in transformers, trained at a small width and tiled to full width."""

from typing import Any, Final

import torch
from transformers import SiglipConfig, SiglipModel

from lab.training.weights import coded, reading, tiled, widened, writing

WIDTH: Final = 144
TIMES: Final = 8
_HEADS: Final = 2
_LIMIT: Final = 64


def siglip(size: int, tokenizer: Any, times: int) -> SiglipModel:
    """An untrained `SiglipModel`, `times` as wide as the trained one, for `size`-pixel images."""
    shared = {
        "hidden_size": WIDTH * times,
        "num_attention_heads": _HEADS * times,
        "intermediate_size": 2 * WIDTH,
    }
    text = {
        **shared,
        "num_hidden_layers": 2,
        "vocab_size": len(tokenizer),
        "max_position_embeddings": _LIMIT,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    vision = {**shared, "num_hidden_layers": 1, "image_size": size, "patch_size": 16}
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=vision))
    if times == 1:
        table = model.text_model.embeddings.token_embedding.weight
        table.data = coded(len(tokenizer), WIDTH)
        # The initial values of SigLIP's own training (arXiv 2303.15343, 3.2).
        model.logit_scale.data.fill_(2.3026)
        model.logit_bias.data.fill_(-10.0)
    return model


def widen(narrow: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights of a model that is `TIMES` times as wide, and whose embedding is the narrow
    model's, repeated."""
    return {name: _wide(name, value) for name, value in narrow.items()}


def _wide(name: str, value: torch.Tensor) -> torch.Tensor:
    if name.startswith("logit_"):
        return value
    if "in_proj" in name:
        # Queries, keys, and values of the pooling head are stacked in one matrix.
        parts = [_projection(part) for part in value.chunk(3)]
        return torch.cat(parts)
    if ".fc1." in name:
        return reading(value, TIMES) if value.ndim == 2 else value
    if ".fc2." in name:
        return writing(value, TIMES)
    if "_proj." in name or name.startswith("text_model.head."):
        return _projection(value)
    if "patch_embedding" in name:
        return writing(value, TIMES)
    return widened(value, TIMES)


def _projection(value: torch.Tensor) -> torch.Tensor:
    return tiled(value, TIMES) if value.ndim == 2 else writing(value, TIMES)


def encode_texts(model: Any, tokenizer: Any) -> Any:
    """The embeddings of texts, which are lowercased and always padded to 64 tokens, as in
    training."""

    def encode(texts: list[str]) -> torch.Tensor:
        lower = [text.lower() for text in texts]
        inputs = tokenizer(
            lower, padding="max_length", truncation=True, max_length=_LIMIT, return_tensors="pt"
        )
        embeddings: torch.Tensor = model.get_text_features(
            input_ids=inputs["input_ids"]
        ).pooler_output
        return embeddings

    return encode
