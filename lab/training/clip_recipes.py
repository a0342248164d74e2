"""The stand-ins for the transformers CLIP family: OpenAI's ViT-B/16 and MetaCLIP 2."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import CLIPImageProcessor, CLIPProcessor

from conformance.corpus.drawings import languages
from lab.training import clip, small_tokenizers
from lab.training.images import CLIP_SCALE
from lab.training.tower_trainer import TowerTrainer, seed
from lab.training.weights import round_off


def processor(size: int, tokenizer: Any, squash: bool) -> CLIPProcessor:
    """CLIP's processor: shortest edge and center crop, or `squash` to a square."""
    mean, deviation = CLIP_SCALE
    edges = {"height": size, "width": size} if squash else {"shortest_edge": size}
    images = CLIPImageProcessor(
        size=edges,
        crop_size={"height": size, "width": size},
        do_center_crop=not squash,
        image_mean=list(mean),
        image_std=list(deviation),
    )
    kind: Any = CLIPProcessor
    made: CLIPProcessor = kind(images, tokenizer)
    return made


def english_clip(workshop: TowerTrainer, name: str, patch: int) -> tuple[Any, Any]:
    """CLIP ViT-B/`patch` as OpenAI published it, with its tokenizer."""
    tower = workshop.patch32() if patch == 32 else workshop.patch16()
    seed(name)
    tokenizer = small_tokenizers.clip(77)
    vision = clip.vision_config(224, patch, "quick_gelu")
    model = clip.clip(clip.text_config(tokenizer, "quick_gelu"), vision)
    model.load_state_dict(tower, strict=False)
    train_texts(workshop, name, model, tokenizer, ["en"])
    round_off(model.parameters())
    return model, tokenizer


def train_texts(
    workshop: TowerTrainer, name: str, model: Any, tokenizer: Any, spoken: Sequence[str]
) -> None:
    """Train the text tower of `model`."""

    def train() -> None:
        encode, learned = clip.encode_texts(model, tokenizer), clip.text_parameters(model)
        steps = 400 if len(spoken) == 1 else 600
        workshop.texts(name, encode, learned, spoken=spoken, steps=steps)

    workshop.part(name, model, ("text_model.", "text_projection."), train)


def save(model: Any, kit: CLIPProcessor, folder: Path) -> None:
    """Save the model in the vendor's layout: `openai_clip` and `openai_clip_processor`."""
    model.save_pretrained(folder / "openai_clip")
    save_processor(kit, folder / "openai_clip_processor")


def save_processor(kit: Any, folder: Path) -> None:
    """Save the processor for transformers 5 and, in an additional file, for transformers 4."""
    kit.save_pretrained(folder)
    kit.image_processor.save_pretrained(folder)


def openai_patch16(workshop: TowerTrainer, folder: Path) -> None:
    """openai-clip-vit-base-patch16."""
    model, tokenizer = english_clip(workshop, "openai-patch16", 16)
    save(model, processor(224, tokenizer, squash=False), folder)


def metaclip(workshop: TowerTrainer, folder: Path) -> None:
    """facebook-metaclip-2-worldwide-b32-384."""
    size, patch = 384, 32
    tokenizer = small_tokenizers.xlm_roberta(languages(), 77)
    seed("metaclip")
    model = clip.metaclip(
        clip.text_config(tokenizer, "gelu"), clip.vision_config(size, patch, "gelu")
    )
    workshop.part(
        "metaclip-images",
        model,
        ("vision_model.", "visual_projection."),
        lambda: _train_on(workshop, model, size, patch),
    )
    train_texts(workshop, "metaclip-texts", model, tokenizer, languages())
    round_off(model.parameters())
    save(model, processor(size, tokenizer, squash=True), folder)


def _train_on(workshop: TowerTrainer, model: Any, size: int, patch: int) -> None:
    """The image tower for 224 pixels, trained further at `size`."""
    model.load_state_dict(clip.with_positions(workshop.patch32(), size // patch), strict=False)
    encode, learned = clip.encode_images(model), clip.image_parameters(model)
    workshop.images("metaclip-images", encode, learned, size=size, steps=150, rate=5e-4)
