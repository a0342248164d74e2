"""The stand-ins for the sentence-transformers family: CLIP ViT-B/32 and a multilingual variant."""

import json
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from transformers import DistilBertConfig, DistilBertModel

from conformance.corpus.drawings import languages
from lab.training import clip_recipes, small_tokenizers
from lab.training.clip import EMBEDDING
from lab.training.tower_trainer import Tower, TowerTrainer, seed
from lab.training.weights import coded, reading, round_off, tiled, widened, writing

_WIDTH: Final = 192
_TIMES: Final = 4
_LIMIT: Final = 128


def patch32(workshop: TowerTrainer, folder: Path) -> None:
    """sentence-transformers-clip-ViT-B-32: the same CLIP model for images and texts."""
    model, tokenizer = clip_recipes.english_clip(workshop, "sentence-transformers-patch32", 32)
    kit = clip_recipes.processor(224, tokenizer, squash=False)
    for part in ("clip", "text"):
        _save_clip(model, kit, folder / part)


def _save_clip(model: Any, kit: Any, folder: Path) -> None:
    """Save the model in the layout of the published clip-ViT-B-32, which every version of the
    library can read."""
    model.save_pretrained(folder / "0_CLIPModel")
    clip_recipes.save_processor(kit, folder / "0_CLIPModel")
    _save_modules(folder, {"0_CLIPModel": "CLIPModel"})


def _save_modules(folder: Path, modules: dict[str, str]) -> None:
    """Save the list of modules and their directories."""
    listed = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(modules.items())
    ]
    _write(folder / "modules.json", listed)


def _write(file: Path, values: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values, indent=1), encoding="utf-8")


def multilingual(workshop: TowerTrainer, folder: Path) -> None:
    """sentence-transformers-clip-ViT-B-32-multilingual-v1: DistilBERT texts, CLIP images."""
    model, tokenizer = clip_recipes.english_clip(workshop, "sentence-transformers-patch32", 32)
    _save_clip(model, clip_recipes.processor(224, tokenizer, squash=False), folder / "clip")
    words = small_tokenizers.distilbert(languages(), _LIMIT)
    narrow, dense = _trained(workshop, words)
    wide = DistilBertModel(_config(len(words), _TIMES))
    wide.load_state_dict(_tiles(narrow.state_dict()))
    wide.save_pretrained(folder / "text")
    words.save_pretrained(folder / "text")
    _save_rest(reading(dense.weight.detach(), _TIMES), folder / "text")


def _save_rest(dense: torch.Tensor, folder: Path) -> None:
    """Save mean pooling and the last layer, as in the published clip-ViT-B-32-multilingual-v1."""
    _save_modules(folder, {"": "Transformer", "1_Pooling": "Pooling", "2_Dense": "Dense"})
    _write(folder / "sentence_bert_config.json", {"max_seq_length": _LIMIT, "do_lower_case": False})
    pooling = {"word_embedding_dimension": _WIDTH * _TIMES, "pooling_mode_mean_tokens": True}
    _write(folder / "1_Pooling" / "config.json", pooling)
    last = {
        "in_features": _WIDTH * _TIMES,
        "out_features": EMBEDDING,
        "bias": False,
        "activation_function": "torch.nn.modules.linear.Identity",
    }
    _write(folder / "2_Dense" / "config.json", last)
    save_file({"linear.weight": dense.contiguous()}, folder / "2_Dense" / "model.safetensors")


def _config(vocabulary: int, times: int) -> DistilBertConfig:
    return DistilBertConfig(
        vocab_size=vocabulary,
        dim=_WIDTH * times,
        hidden_dim=2 * _WIDTH,
        n_layers=2,
        n_heads=3 * times,
        dropout=0.0,
        attention_dropout=0.0,
    )


def _trained(workshop: TowerTrainer, words: Any) -> tuple[DistilBertModel, torch.nn.Linear]:
    """The narrow DistilBERT and its last layer."""
    seed("distilbert")
    model = DistilBertModel(_config(len(words), 1))
    model.embeddings.word_embeddings.weight.data = coded(len(words), _WIDTH)
    dense = torch.nn.Linear(_WIDTH, EMBEDDING, bias=False)

    def encode(texts: list[str]) -> torch.Tensor:
        inputs = words(texts, padding=True, truncation=True, return_tensors="pt")
        states = model(inputs["input_ids"], inputs["attention_mask"]).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        embeddings: torch.Tensor = dense((states * mask).sum(dim=1) / mask.sum(dim=1))
        return embeddings

    both = torch.nn.ModuleDict({"reader": model, "last": dense})
    learned = list(both.parameters())
    workshop.part(
        "distilbert", both, ("",), lambda: workshop.texts("distilbert", encode, learned, steps=600)
    )
    round_off(learned)
    return model, dense


def _tiles(narrow: Tower) -> Tower:
    return {name: _tile(name, value) for name, value in narrow.items()}


def _tile(name: str, value: torch.Tensor) -> torch.Tensor:
    if "attention" in name and name.endswith("weight"):
        return tiled(value, _TIMES)
    if "lin1" in name:
        return reading(value, _TIMES) if name.endswith("weight") else value
    if "lin2" in name and name.endswith("weight"):
        return writing(value, _TIMES)
    return widened(value, _TIMES)
