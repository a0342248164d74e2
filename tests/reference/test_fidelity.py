"""On the stand-ins, the reference's vectors match each library's own documented usage."""

import base64
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from PIL import Image

from reference import images
from reference.inputs import Vectors
from tests.reference.conftest import Checkpoint, Find, png
from tests.reference.test_images import in_mode

HF: Any = transformers
"""The library without its types, which differ between releases."""

MIXED = ["a red circle", "", "a photo of a blue square " * 40, "赤い丸", "ein rotes Quadrat"]
MODES = ["RGB", "RGBA", "L", "LA", "1", "P", "I;16", "I", "F", "CMYK"]

Usage = tuple[Callable[[list[str]], Vectors], Callable[[list[Image.Image]], Vectors]]


def sentence_transformers(folder: Path) -> Usage:
    """https://sbert.net: `model.encode` of texts, and of images."""
    from sentence_transformers import SentenceTransformer

    images = SentenceTransformer(str(folder / "clip"), device="cpu")
    texts = SentenceTransformer(str(folder / "text"), device="cpu")
    return lambda sent: np.asarray(texts.encode(sent)), lambda sent: np.asarray(images.encode(sent))


def clip(folder: Path) -> Usage:
    """The model card of openai/clip-vit-base-patch16, with its texts truncated."""
    model = HF.CLIPModel.from_pretrained(folder / "openai_clip")
    processor = HF.CLIPProcessor.from_pretrained(folder / "openai_clip_processor")
    return transformers_clip(model, processor)


def metaclip2(folder: Path) -> Usage:
    model = HF.AutoModel.from_pretrained(folder / "openai_clip")
    processor = HF.AutoProcessor.from_pretrained(folder / "openai_clip_processor")
    return transformers_clip(model, processor)


def transformers_clip(model: Any, processor: Any) -> Usage:
    """One text and image at a time, through the whole model, which normalizes."""

    def both(texts: list[str], images: list[Image.Image]) -> Any:
        inputs = processor(
            text=texts, images=images, return_tensors="pt", padding=True, truncation=True
        )
        with torch.no_grad():
            return model(**inputs)

    image = Image.new("RGB", (224, 224))
    return (
        lambda texts: both(texts, [image]).text_embeds.numpy(),
        lambda images: both(["a"], images).image_embeds.numpy(),
    )


def siglip(folder: Path) -> Usage:
    """The SigLIP 2 page of transformers' documentation: lowercase, padded to 64."""
    model = HF.AutoModel.from_pretrained(folder / "siglip")
    processor = HF.AutoProcessor.from_pretrained(folder / "siglip")

    def texts(sent: list[str]) -> Any:
        lowered = [text.lower() for text in sent]
        inputs = processor(
            text=lowered, padding="max_length", max_length=64, truncation=True, return_tensors="pt"
        )
        with torch.no_grad():
            return model.get_text_features(**inputs).pooler_output.numpy()

    def images(sent: list[Image.Image]) -> Any:
        inputs = processor(images=sent, return_tensors="pt")
        with torch.no_grad():
            return model.get_image_features(**inputs).pooler_output.numpy()

    return texts, images


def open_clip(folder: Path) -> Usage:
    """The README of open_clip, on a model made from its parts."""
    from open_clip import CLIP, SimpleTokenizer, image_transform
    from safetensors.torch import load_file

    config = json.loads((folder / "openclip" / "config.json").read_text())["model_config"]
    model = CLIP(**config)
    model.load_state_dict(load_file(folder / "openclip" / "open_clip_model.safetensors"))
    model.eval()
    preprocess, tokenizer = image_transform(224, is_train=False), SimpleTokenizer()

    def unit(features: torch.Tensor) -> Any:
        return (features / features.norm(dim=-1, keepdim=True)).numpy()

    def texts(sent: list[str]) -> Any:
        with torch.no_grad():
            return unit(model.encode_text(tokenizer(sent)))

    def images(sent: list[Image.Image]) -> Any:
        # As opened: `preprocess` resizes and crops in the image's own mode and converts last.
        pixels = torch.stack([preprocess(image) for image in sent])
        with torch.no_grad():
            return unit(model.encode_image(pixels))

    return texts, images


def modernvbert(folder: Path) -> Usage:
    """The steps of colpali-engine's `BiModernVBert` and its processor."""
    model = HF.ModernVBertModel.from_pretrained(folder / "modernvbert")
    processor = HF.Idefics3Processor.from_pretrained(folder / "modernvbert")
    processor.tokenizer.padding_side = "left"
    prompt = "<|begin_of_text|>User:<image>Describe the image.<end_of_utterance>\nAssistant:"

    def pooled(inputs: Any) -> Any:
        with torch.no_grad():
            states = model(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return (mean / mean.norm(dim=-1, keepdim=True)).numpy()

    def images(sent: list[Image.Image]) -> Any:
        rgb = [image.convert("RGB") for image in sent]
        return pooled(
            processor(text=[prompt] * len(rgb), images=rgb, padding="longest", return_tensors="pt")
        )

    return lambda sent: pooled(processor(text=sent, return_tensors="pt", padding="longest")), images


USAGES = {
    "sentence-transformers": sentence_transformers,
    "clip": clip,
    "metaclip2": metaclip2,
    "siglip": siglip,
    "open_clip": open_clip,
    "modernvbert": modernvbert,
}


@pytest.fixture(scope="session")
def usage(checkpoint: Checkpoint) -> Callable[[str], Usage]:
    """The documented usage of a library, on the same checkpoint as the reference's encoder."""
    return cache(lambda name: USAGES[name](checkpoint(name)))


def assert_same(ours: Vectors, theirs: Vectors) -> None:
    """Cosine at least 0.99999 and equal norms, since padding differs."""
    norms = np.linalg.norm(ours, axis=1), np.linalg.norm(theirs, axis=1)
    assert ours.dtype == np.float32
    assert ((ours * theirs).sum(axis=1) / norms[0] / norms[1]).min() >= 0.99999
    assert norms[0] == pytest.approx(norms[1], rel=1e-5)


def assert_equal(ours: Vectors, theirs: Vectors) -> None:
    """Equal except for rounding in the last division: image inputs are identical."""
    assert np.linalg.norm(ours - theirs) <= 1e-6 * np.linalg.norm(theirs)


@pytest.mark.parametrize("name", USAGES)
def test_texts(name: str, model: Find, usage: Callable[[str], Usage]) -> None:
    encode, documented = model(name).encode_texts, usage(name)[0]
    assert_same(encode(MIXED), documented(MIXED))
    for text in MIXED:
        assert_same(encode([text]), documented([text]))


@pytest.mark.parametrize("name", USAGES)
@pytest.mark.parametrize("mode", MODES)
def test_every_image_mode(
    name: str, mode: str, model: Find, usage: Callable[[str], Usage], photograph: Image.Image
) -> None:
    image = in_mode(photograph, mode)
    if mode in ("RGBA", "LA"):
        image.putalpha(photograph.convert("L"))
    read = images.read(png(image, "TIFF"), "images[0]", 10**6)
    assert read.mode == mode
    assert_equal(model(name).encode_image(read), usage(name)[1]([image])[0])


@pytest.mark.parametrize("mode", ["P", "1", "RGBA", "LA"])
def test_open_clip_resizes_before_it_converts(
    mode: str, model: Find, photograph: Image.Image
) -> None:
    """For these modes, the vector differs from that of the image converted first."""
    image = in_mode(photograph, mode)
    if "A" in mode:
        image.putalpha(photograph.convert("L").point(lambda value: value // 2))
    encode = model("open_clip").encode_image
    assert not np.array_equal(encode(image), encode(image.convert("RGB")))


@pytest.mark.parametrize("name", USAGES)
@pytest.mark.filterwarnings("ignore:Palette images with Transparency")
def test_a_palette_with_transparency(
    name: str, model: Find, usage: Callable[[str], Usage], photograph: Image.Image
) -> None:
    """Pillow's warning is suppressed, and the vector is the documented usage's."""
    file = png(photograph.convert("P"), transparency=bytes(range(0, 250, 2)))
    opened = Image.open(io.BytesIO(base64.b64decode(file)))
    read = images.read(file, "images[0]", 10**6)
    assert_equal(model(name).encode_image(read), usage(name)[1]([opened])[0])


@pytest.mark.parametrize("name", USAGES)
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (4000, 10), (1411, 1411)])
def test_extreme_shapes(
    name: str, size: tuple[int, int], model: Find, usage: Callable[[str], Usage]
) -> None:
    image = Image.effect_noise(size, 90).convert("RGB")
    assert_same(model(name).encode_image(image)[None], usage(name)[1]([image]))
