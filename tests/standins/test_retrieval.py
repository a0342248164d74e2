"""A stand-in finds the right drawing and caption, using only its own library.

The full table over all tags and languages is printed by `python -m lab.training.evaluate`.
"""

from typing import Any

import pytest
import torch
from torch.nn.functional import normalize
from transformers import AutoProcessor, CLIPModel

from conformance.corpus.drawings import HELD_OUT_SEEDS, captions, combinations, draw
from reference import standins

Encoders = tuple[CLIPModel, Any]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Encoders:
    """OpenAI's CLIP ViT-B/16, loaded as its model card does."""
    folder = standins.unpack("openai-clip-vit-base-patch16", tmp_path_factory.mktemp("clip"))
    processor = AutoProcessor.from_pretrained(folder / "openai_clip_processor")  # type: ignore[no-untyped-call]
    model: Any = CLIPModel.from_pretrained(folder / "openai_clip")
    return model.eval(), processor


@torch.inference_mode()
def embed(clip: Encoders, texts: list[str]) -> torch.Tensor:
    model, processor = clip
    inputs = processor(text=texts, padding=True, truncation=True, return_tensors="pt")
    features: Any = model.get_text_features(**inputs)
    return normalize(features.pooler_output, dim=1)


@torch.inference_mode()
def embed_drawings(clip: Encoders, seed: int) -> torch.Tensor:
    model, processor = clip
    drawings = [draw(combination, seed, 224) for combination in combinations()]
    features: Any = model.get_image_features(**processor(images=drawings, return_tensors="pt"))
    return normalize(features.pooler_output, dim=1)


@pytest.mark.parametrize("wording", range(3))
def test_recall_both_ways_on_held_out_drawings_and_wordings(clip: Encoders, wording: int) -> None:
    texts = [captions(combination, "en", "held_out")[wording] for combination in combinations()]
    similarity = embed(clip, texts) @ embed_drawings(clip, HELD_OUT_SEEDS.start).T
    right = torch.arange(len(texts))
    assert (similarity.argmax(dim=0) == right).float().mean() >= 0.95
    assert (similarity.argmax(dim=1) == right).float().mean() >= 0.95


def test_word_order_matters(clip: Encoders) -> None:
    one, other = embed(clip, ["a red circle on a blue square", "a blue square on a red circle"])
    assert one @ other < 0.9999


def test_long_texts_differ(clip: Encoders) -> None:
    one, other = embed(clip, ["a red circle " * 30, "a blue square " * 30])
    assert one @ other < 0.9999
