"""ModernVBERT as implemented in transformers, trained at a small width and tiled to full width."""

from collections.abc import Callable
from typing import Any, Final

import torch
from transformers import ModernVBertConfig, ModernVBertModel

from lab.training.weights import coded, reading, tiled, widened, writing

WIDTH: Final = 192
TIMES: Final = 4
SIZE: Final = 512
SHUFFLE: Final = 4
LIMIT: Final = 7999
_HEADS: Final = 3


def image_tokens(size: int) -> int:
    """Tokens that the text model reads for an image of `size` pixels."""
    return (size // 16 // SHUFFLE) ** 2


def modernvbert(words: Any, times: int, size: int = SIZE) -> ModernVBertModel:
    """An untrained `ModernVBertModel`, `times` as wide as the trained one."""
    config = ModernVBertConfig(
        text_config=_text(words, times),
        vision_config=_vision(times, size),
        image_token_id=words.convert_tokens_to_ids("<image>"),
        pixel_shuffle_factor=SHUFFLE,
    )
    model = ModernVBertModel(config)
    if times == 1:
        table = model.text_model.embeddings.tok_embeddings.weight
        table.data = coded(len(words), WIDTH)
    return model


def _vision(times: int, size: int) -> dict[str, Any]:
    return {
        "model_type": "siglip_vision_model",
        "hidden_size": WIDTH * times,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": _HEADS * times,
        "image_size": size,
        "patch_size": 16,
        # The text model reads the patches; SigLIP's own pooling is left out.
        "vision_use_head": False,
    }


def _text(words: Any, times: int) -> dict[str, Any]:
    ids = {
        f"{name}_token_id": words.convert_tokens_to_ids(token)
        for name, token in (("pad", "[PAD]"), ("cls", "[CLS]"), ("sep", "[SEP]"))
    }
    return {
        "model_type": "modernbert",
        "vocab_size": len(words),
        "hidden_size": WIDTH * times,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": _HEADS * times,
        "max_position_embeddings": LIMIT,
        "bos_token_id": ids["cls_token_id"],
        "eos_token_id": ids["sep_token_id"],
        **ids,
    }


def widen(narrow: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights of a model that is `TIMES` times as wide, and whose embedding is the narrow
    model's, repeated."""
    return {name: _wide(name, value) for name, value in narrow.items()}


def _wide(name: str, value: torch.Tensor) -> torch.Tensor:
    for part, rule in _RULES.items():
        if part in name:
            return rule(value)
    return widened(value, TIMES)


def _projection(value: torch.Tensor) -> torch.Tensor:
    return tiled(value, TIMES) if value.ndim == 2 else writing(value, TIMES)


def _into(value: torch.Tensor) -> torch.Tensor:
    return reading(value, TIMES) if value.ndim == 2 else value


def _out_of(value: torch.Tensor) -> torch.Tensor:
    return writing(value, TIMES)


def _joined(value: torch.Tensor) -> torch.Tensor:
    """Queries, keys, and values are stacked in one matrix; each has its own heads."""
    return torch.cat([_projection(part) for part in value.chunk(3)])


def _connector(value: torch.Tensor) -> torch.Tensor:
    """The connector's weights. Pixel shuffle concatenates patches, each in its whole width, so the
    part for each patch is tiled separately."""
    patches = torch.split(value, WIDTH, dim=1)
    return torch.cat([_projection(patch) for patch in patches], dim=1)


_RULES: Final[dict[str, Callable[[torch.Tensor], torch.Tensor]]] = {
    "modality_projection": _connector,
    "patch_embedding": _out_of,
    "Wqkv": _joined,
    "attn.Wo": _projection,
    "mlp.Wi": _into,
    "mlp.Wo": _out_of,
    "fc1": _into,
    "fc2": _out_of,
    "_proj.": _projection,
}
