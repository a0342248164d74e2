"""The training recipe for each tag's stand-in model."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab.training import (
    clip_recipes,
    modernvbert_recipe,
    open_clip_recipes,
    sentence_transformers_recipes,
    siglip_recipes,
)
from lab.training.tower_trainer import TowerTrainer

Recipe = Callable[[TowerTrainer, Path], None]
"""Trains the towers that a stand-in needs, and writes its checkpoint directory."""

RECIPES: Final[dict[str, Recipe]] = {
    "sentence-transformers-clip-ViT-B-32": sentence_transformers_recipes.patch32,
    "sentence-transformers-clip-ViT-B-32-multilingual-v1": (
        sentence_transformers_recipes.multilingual
    ),
    "openai-clip-vit-base-patch16": clip_recipes.openai_patch16,
    "google-siglip-so400m-patch16-256-i18n": siglip_recipes.i18n_256,
    "google-siglip2-so400m-patch16-384": siglip_recipes.siglip2_384,
    "google-siglip2-so400m-patch16-512": siglip_recipes.siglip2_512,
    "ViT-B-32-quickgelu-laion400m_e32": open_clip_recipes.patch32_quickgelu,
    "ViT-B-16-laion2b_s34b_b88k": open_clip_recipes.patch16,
    "xlm-roberta-base-ViT-B-32-laion5b_s13b_b90k": open_clip_recipes.xlm_roberta,
    "facebook-metaclip-2-worldwide-b32-384": clip_recipes.metaclip,
    "ModernVBERT-modernvbert-embed": modernvbert_recipe.embed,
}
