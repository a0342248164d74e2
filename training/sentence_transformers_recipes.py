"""The stand-ins of the sentence-transformers family: CLIP ViT-B/32, and many languages for it."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
from transformers import DistilBertConfig, DistilBertModel

from conformance.corpus.drawings import languages
from training import clip_recipes, tokenizers
from training.clip import EMBEDDING
from training.weights import coded, reading, round_off, tiled, widened, writing
from training.workshop import Tower, Workshop, seed

_WIDTH: Final = 192
_TIMES: Final = 4
_LIMIT: Final = 128


def patch32(workshop: Workshop, folder: Path) -> None:
    """sentence-transformers-clip-ViT-B-32: the same CLIP for images and texts."""
    model, tokenizer = clip_recipes.english_clip(workshop, "sentence-transformers-patch32", 32)
    kit = clip_recipes.processor(224, tokenizer, squash=False)
    for part in ("clip", "text"):
        _save_clip(model, kit, folder / part)


def _save_clip(model: Any, kit: Any, folder: Path) -> None:
    """The layout that clip-ViT-B-32 is published in, read by every version of the library."""
    model.save_pretrained(folder / "0_CLIPModel")
    kit.save_pretrained(folder / "0_CLIPModel")
    module = {
        "idx": 0,
        "name": "0",
        "path": "0_CLIPModel",
        "type": "sentence_transformers.models.CLIPModel",
    }
    (folder / "modules.json").write_text(json.dumps([module]), encoding="utf-8")


def multilingual(workshop: Workshop, folder: Path) -> None:
    """sentence-transformers-clip-ViT-B-32-multilingual-v1: DistilBERT beside CLIP's images."""
    model, tokenizer = clip_recipes.english_clip(workshop, "sentence-transformers-patch32", 32)
    _save_clip(model, clip_recipes.processor(224, tokenizer, squash=False), folder / "clip")
    words = tokenizers.distilbert(languages(), _LIMIT)
    narrow, dense = _trained(workshop, words)
    wide = DistilBertModel(_config(len(words), _TIMES))
    wide.load_state_dict(_tiles(narrow.state_dict()))
    with TemporaryDirectory() as scratch:
        wide.save_pretrained(scratch)
        words.save_pretrained(scratch)
        reader = Transformer(scratch, max_seq_length=_LIMIT)
        last = Dense(
            _WIDTH * _TIMES, EMBEDDING, bias=False, activation_function=torch.nn.Identity()
        )
        last.linear.weight.data = reading(dense.weight.data, _TIMES)
        pooling = Pooling(_WIDTH * _TIMES, pooling_mode="mean")
        SentenceTransformer(modules=[reader, pooling, last], device="cpu").save(
            str(folder / "text"), create_model_card=False
        )


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


def _trained(workshop: Workshop, words: Any) -> tuple[DistilBertModel, torch.nn.Linear]:
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
    learnt = list(both.parameters())
    workshop.part(
        "distilbert", both, ("",), lambda: workshop.texts("distilbert", encode, learnt, steps=900)
    )
    round_off(learnt)
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
