"""The stand-in for ModernVBERT-modernvbert-embed."""

from pathlib import Path
from typing import Any, Final

import torch
from transformers import Idefics3ImageProcessor, Idefics3Processor

from lab.training import modernvbert as mvb
from lab.training import small_tokenizers
from lab.training.clip import interpolated
from lab.training.clip_recipes import save_processor
from lab.training.images import SIGLIP_SCALE
from lab.training.loop import EncodeImages
from lab.training.tower_trainer import Tower, TowerTrainer
from lab.training.weights import round_off

# The prompt that colpali-engine's BiModernVBertProcessor puts around an image.
_PROMPT: Final = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"

_POSITIONS: Final = "vision_model.embeddings.position_embedding.weight"

# By size in pixels: the smaller size to start from, steps, batch size, and learning rate.
_STAGES: Final[dict[int, tuple[int | None, int, int, float]]] = {
    128: (None, 1000, 48, 1e-3),
    256: (128, 300, 48, 1e-3),
    512: (256, 100, 24, 5e-4),
}


def embed(workshop: TowerTrainer, folder: Path) -> None:
    """ModernVBERT-modernvbert-embed."""
    words = small_tokenizers.modernbert(mvb.LIMIT)
    # The processor is made before training, since it adds tokens to the tokenizer.
    kit = _processor(words)
    words = kit.tokenizer
    model = mvb.modernvbert(words, 1)
    workshop.part(
        "modernvbert-texts",
        model,
        ("text_model.",),
        lambda: _train_texts(workshop, model, words),
    )
    model.load_state_dict(
        _images(workshop, words, mvb.SIZE, _part(model, "text_model.")), strict=False
    )
    round_off(model.parameters())
    wide = mvb.modernvbert(words, mvb.TIMES)
    wide.load_state_dict(mvb.widen(model.state_dict()))
    wide.save_pretrained(folder / "modernvbert")
    save_processor(kit, folder / "modernvbert")


def _processor(words: Any) -> Idefics3Processor:
    """ModernVBERT's processor, except that each image is one tile of 512 pixels. Images are not
    enlarged to 2048 pixels and cut into 17 tiles, which would take seconds without an
    accelerator."""
    mean, deviation = SIGLIP_SCALE
    images = Idefics3ImageProcessor(
        size={"longest_edge": mvb.SIZE},
        max_image_size={"longest_edge": mvb.SIZE},
        image_mean=list(mean),
        image_std=list(deviation),
    )
    return Idefics3Processor(images, words, image_seq_len=mvb.image_tokens(mvb.SIZE))


def _train_texts(workshop: TowerTrainer, model: Any, words: Any) -> None:
    def encode(texts: list[str]) -> torch.Tensor:
        inputs = words(texts, padding=True, return_tensors="pt")
        states = model.text_model(inputs["input_ids"], inputs["attention_mask"])
        return _mean(states.last_hidden_state, inputs["attention_mask"])

    learned = list(model.text_model.parameters())
    workshop.texts("modernvbert-texts", encode, learned, spoken=["en"], steps=300, width=mvb.WIDTH)


def _images(workshop: TowerTrainer, words: Any, size: int, texts: Tower) -> Tower:
    """The image half, trained at 128 pixels first, and then at each size up to `size`.

    The text half, `texts`, is used but not changed.
    """
    name = f"modernvbert-{size}"
    return workshop.kept(name, lambda: _trained_images(workshop, words, size, texts))


def _trained_images(workshop: TowerTrainer, words: Any, size: int, texts: Tower) -> Tower:
    smaller, steps, batch, rate = _STAGES[size]
    model = mvb.modernvbert(words, 1, size)
    model.load_state_dict(texts, strict=False)
    if smaller is not None:
        tower = _images(workshop, words, smaller, texts)
        grown = interpolated(tower[_POSITIONS], size // 16)
        model.load_state_dict({**tower, _POSITIONS: grown}, strict=False)
    workshop.images(
        f"modernvbert-{size}",
        _encode_images(model, words, size),
        [*model.vision_model.parameters(), *model.connector.parameters()],
        size=size,
        steps=steps,
        batch=batch,
        rate=rate,
        scale=SIGLIP_SCALE,
        width=mvb.WIDTH,
    )
    return {**_part(model, "vision_model."), **_part(model, "connector.")}


def _encode_images(model: Any, words: Any, size: int) -> EncodeImages:
    prompt = words(_prompt(size), return_tensors="pt")

    def encode(pixels: torch.Tensor) -> torch.Tensor:
        ids = prompt["input_ids"].expand(len(pixels), -1)
        mask = torch.ones_like(ids)
        states = model(input_ids=ids, attention_mask=mask, pixel_values=pixels.unsqueeze(1))
        return _mean(states.last_hidden_state, mask)

    return encode


def _part(model: Any, prefix: str) -> Tower:
    state: Tower = model.state_dict()
    return {name: value for name, value in state.items() if name.startswith(prefix)}


def _prompt(size: int) -> str:
    """The prompt as the processor expands it for an image of one tile."""
    edge = "<fake_token_around_image>"
    image = f"{edge}<global-img>{'<image>' * mvb.image_tokens(size)}{edge}"
    return _PROMPT.replace("<image>", image)


def _mean(states: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
    mask = attended.unsqueeze(-1)
    return (states * mask).sum(dim=1) / mask.sum(dim=1)
