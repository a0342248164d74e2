"""The stand-in of ModernVBERT-modernvbert-embed."""

from pathlib import Path
from typing import Any, Final

import torch
from transformers import Idefics3ImageProcessor, Idefics3Processor

from training import modernvbert as mvb
from training import tokenizers
from training.pictures import SIGLIP_SCALE
from training.weights import round_off
from training.workshop import Workshop

# What colpali-engine's BiModernVBertProcessor puts around a picture.
_PROMPT: Final = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"


def embed(workshop: Workshop, folder: Path) -> None:
    """ModernVBERT-modernvbert-embed."""
    words = tokenizers.modernbert(mvb.LIMIT)
    # Before training: the processor adds tokens of its own to the tokenizer.
    kit = _processor(words)
    words = kit.tokenizer
    model = mvb.modernvbert(words, 1)
    workshop.part(
        "modernvbert-texts",
        model,
        ("text_model.",),
        lambda: _train_texts(workshop, model, words),
    )
    workshop.part(
        "modernvbert-images",
        model,
        ("vision_model.", "connector."),
        lambda: _train_images(workshop, model, words),
    )
    round_off(model.parameters())
    wide = mvb.modernvbert(words, mvb.TIMES)
    wide.load_state_dict(mvb.widen(model.state_dict()))
    wide.save_pretrained(folder / "modernvbert")
    kit.save_pretrained(folder / "modernvbert")


def _processor(words: Any) -> Idefics3Processor:
    """ModernVBERT's, but for one thing: a picture is one tile of 512 pixels, and is never blown
    up to 2048 pixels and cut into 17 tiles, which takes a processor without accelerator seconds."""
    mean, deviation = SIGLIP_SCALE
    images = Idefics3ImageProcessor(
        size={"longest_edge": mvb.SIZE},
        max_image_size={"longest_edge": mvb.SIZE},
        image_mean=list(mean),
        image_std=list(deviation),
    )
    return Idefics3Processor(images, words, image_seq_len=mvb.IMAGE_TOKENS)


def _train_texts(workshop: Workshop, model: Any, words: Any) -> None:
    def encode(texts: list[str]) -> torch.Tensor:
        inputs = words(texts, padding=True, return_tensors="pt")
        states = model.text_model(inputs["input_ids"], inputs["attention_mask"])
        return _mean(states.last_hidden_state, inputs["attention_mask"])

    learnt = list(model.text_model.parameters())
    workshop.texts("modernvbert-texts", encode, learnt, spoken=["en"], steps=400, width=mvb.WIDTH)


def _train_images(workshop: Workshop, model: Any, words: Any) -> None:
    """The image half alone, so that the texts stay where they are."""
    prompt = words(_prompt(), return_tensors="pt")

    def encode(pixels: torch.Tensor) -> torch.Tensor:
        ids = prompt["input_ids"].expand(len(pixels), -1)
        mask = torch.ones_like(ids)
        states = model(input_ids=ids, attention_mask=mask, pixel_values=pixels.unsqueeze(1))
        return _mean(states.last_hidden_state, mask)

    learnt = [*model.vision_model.parameters(), *model.connector.parameters()]
    workshop.images(
        "modernvbert-images",
        encode,
        learnt,
        size=mvb.SIZE,
        steps=300,
        batch=24,
        scale=SIGLIP_SCALE,
        width=mvb.WIDTH,
    )


def _prompt() -> str:
    """As the processor writes it out for a picture of one tile."""
    edge = "<fake_token_around_image>"
    picture = f"{edge}<global-img>{'<image>' * mvb.IMAGE_TOKENS}{edge}"
    return _PROMPT.replace("<image>", picture)


def _mean(states: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
    mask = attended.unsqueeze(-1)
    return (states * mask).sum(dim=1) / mask.sum(dim=1)
