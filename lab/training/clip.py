"""Towers of CLIP and MetaCLIP 2, as implemented in transformers."""

from typing import Any, Final, TypeVar

import torch
from transformers import CLIPConfig, CLIPModel, MetaClip2Config, MetaClip2Model

from lab.training.weights import coded

WIDTH: Final = 128
EMBEDDING: Final = 512
_HEAD: Final = 64
_Model = TypeVar("_Model", CLIPModel, MetaClip2Model)


def vision_config(size: int, patch: int, activation: str) -> dict[str, Any]:
    """A small image tower for images of `size` pixels in patches of `patch`."""
    # Smaller patches are more numerous, so each layer costs more, and simpler, so fewer layers
    # suffice.
    layers = 3 if patch == 32 else 2
    return {
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": layers,
        "num_attention_heads": WIDTH // _HEAD,
        "image_size": size,
        "patch_size": patch,
        "projection_dim": EMBEDDING,
        "hidden_act": activation,
    }


def text_config(tokenizer: Any, activation: str) -> dict[str, Any]:
    """A small text tower of 77 tokens for `tokenizer`."""
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": WIDTH // _HEAD,
        "max_position_embeddings": 77,
        "projection_dim": EMBEDDING,
        "hidden_act": activation,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def clip(text: dict[str, Any], vision: dict[str, Any]) -> CLIPModel:
    """An untrained `CLIPModel`."""
    made = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=EMBEDDING))
    return _coded(made)


def metaclip(text: dict[str, Any], vision: dict[str, Any]) -> MetaClip2Model:
    """An untrained `MetaClip2Model`."""
    made = MetaClip2Model(
        MetaClip2Config(text_config=text, vision_config=vision, projection_dim=EMBEDDING)
    )
    return _coded(made)


def _coded(model: _Model) -> _Model:
    table = model.text_model.embeddings.token_embedding.weight
    with torch.no_grad():
        table.copy_(coded(*table.shape))
    return model


def image_tower(model: Any) -> dict[str, torch.Tensor]:
    """The image half of a model's weights."""
    return {
        name: value
        for name, value in model.state_dict().items()
        if name.startswith(("vision_model.", "visual_projection."))
    }


def with_positions(tower: dict[str, torch.Tensor], side: int) -> dict[str, torch.Tensor]:
    """An image tower for images of `side` x `side` patches, with interpolated positions."""
    name = "vision_model.embeddings.position_embedding.weight"
    grid = interpolated(tower[name][1:], side)
    return {**tower, name: torch.cat([tower[name][:1], grid])}


def interpolated(positions: torch.Tensor, side: int) -> torch.Tensor:
    """Positions (old side squared, width) for a grid of `side` x `side`."""
    old = round(positions.shape[0] ** 0.5)
    grid = positions.T.reshape(1, -1, old, old)
    grown = torch.nn.functional.interpolate(grid, (side, side), mode="bicubic")
    return grown.flatten(2)[0].T.contiguous()


def encode_images(model: Any) -> Any:
    """The embeddings of images, given as pixels."""
    return lambda pixels: model.get_image_features(pixel_values=pixels).pooler_output


def encode_texts(model: Any, tokenizer: Any) -> Any:
    """The embeddings of texts, computed as on the model card."""

    def encode(texts: list[str]) -> torch.Tensor:
        inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        embeddings: torch.Tensor = model.get_text_features(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]
        ).pooler_output
        return embeddings

    return encode


def image_parameters(model: Any) -> list[torch.nn.Parameter]:
    """The parameters that training the image tower changes."""
    return [*model.vision_model.parameters(), *model.visual_projection.parameters()]


def text_parameters(model: Any) -> list[torch.nn.Parameter]:
    """The parameters that training the text tower changes."""
    return [*model.text_model.parameters(), *model.text_projection.parameters()]
