"""Full-size checkpoints with random weights, which run as fast as the published checkpoints.

``python -m lab.benchmarks.full_size NAME DIR`` writes one in the plain layout of transformers,
which the reference (``--models DIR/models.toml --model NAME --weights DIR``), the plain
server, the raw model, and infinity all read. NAME is one of ViT-B-32, ViT-B-16, SigLIP-so400m-256,
and SigLIP2-so400m-384. ViT-B-32-quickgelu is written in open_clip's layout, which only the
reference reads.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import open_clip
import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModel, CLIPConfig, SiglipConfig

from conformance.data import models
from reference import standins


@dataclass(frozen=True)
class Architecture:
    """The dimensions of a published model."""

    stand_in: str
    """The tag whose stand-in provides the tokenizer and the image processor, with the published
    text length and image size."""
    config: Any
    """The values of the published config.json; those that are not given are the library's
    defaults."""


def clip(patch: int) -> Architecture:
    """CLIP ViT-B with square patches: the defaults of `CLIPConfig`."""
    config = CLIPConfig(vision_config={"patch_size": patch}, projection_dim=512)
    return Architecture("openai-clip-vit-base-patch16", config)


def siglip(pixels: int, vocabulary: int, stand_in: str) -> Architecture:
    """SigLIP so400m with patches of 16 pixels: 1.1 billion parameters, 4.5 GB."""
    tower = {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 27,
        "num_attention_heads": 16,
    }
    config = SiglipConfig(
        text_config={**tower, "vocab_size": vocabulary, "projection_size": 1152},
        vision_config={**tower, "image_size": pixels, "patch_size": 16},
    )
    return Architecture(stand_in, config)


ARCHITECTURES = {
    "ViT-B-32": clip(32),
    "ViT-B-16": clip(16),
    "SigLIP-so400m-256": siglip(256, 250_000, "google-siglip-so400m-patch16-256-i18n"),
    "SigLIP2-so400m-384": siglip(384, 256_000, "google-siglip2-so400m-patch16-384"),
}
OPEN_CLIP = {"ViT-B-32-quickgelu": "ViT-B-32-quickgelu-laion400m_e32"}
"""Architecture names in open_clip, which knows their dimensions and tokenizers, with the tags."""


def write(name: str, folder: Path) -> None:
    """Write the checkpoint `name` with seeded weights, and `models.toml` for the reference."""
    folder.mkdir(parents=True, exist_ok=True)
    if name in OPEN_CLIP:
        _write_open_clip(name, folder)
    else:
        _write_plain(ARCHITECTURES[name], folder)
    published = models.find(OPEN_CLIP.get(name) or ARCHITECTURES[name].stand_in)
    lower_case = json.dumps(published.lower_case)
    row = f'tag = "{name}"\nlibrary = "{published.library}"\nlower_case = {lower_case}\n'
    (folder / "models.toml").write_text(f"[[model]]\n{row}", encoding="utf-8")


def _write_open_clip(name: str, folder: Path) -> None:
    model: Any = open_clip.create_model(name)
    preprocessing = open_clip.get_model_preprocess_cfg(model)
    config = {"model_cfg": open_clip.get_model_config(name), "preprocess_cfg": preprocessing}
    (folder / "open_clip_config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(dict(_weights(model)), folder / "open_clip_model.safetensors")


def _write_plain(architecture: Architecture, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        small = standins.unpack(architecture.stand_in, Path(scratch))
        _lend(small, folder)
        text = AutoConfig.from_pretrained(next(small.rglob("config.json")).parent).text_config
    for special in ("bos_token_id", "eos_token_id", "pad_token_id"):
        setattr(architecture.config.text_config, special, getattr(text, special))
    build: Any = AutoModel.from_config
    with torch.device("meta"):
        model = build(architecture.config)
    model.save_pretrained(folder, state_dict=dict(_weights(model)))
    _say_how_long(folder / "config.json")


def _say_how_long(file: Path) -> None:
    """Write the text limit where infinity reads it; its default would be 20 tokens.

    The limit is added to the saved file, since transformers refuses to save it as part of a model's
    configuration.
    """
    config = json.loads(file.read_text(encoding="utf-8"))
    text = config["text_config"]
    config["max_length"] = text["max_position_embeddings"]
    file.write_text(json.dumps(config, indent=2), encoding="utf-8")


def _lend(small: Path, folder: Path) -> None:
    """Copy the tokenizer's and the image processor's files."""
    for pattern in ("tokenizer*", "spiece.model", "preprocessor_config.json"):
        for source in small.rglob(pattern):
            shutil.copy(source, folder / source.name)


def _weights(model: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Small random numbers, with ones for the scales of normalization layers."""
    torch.manual_seed(0)
    for name, parameter in model.named_parameters():
        scales = parameter.ndim == 1 and name.endswith("weight")
        made = torch.ones(parameter.shape) if scales else torch.randn(parameter.shape) * 0.02
        yield name, made


def main(arguments: Sequence[str]) -> int:
    """Write the checkpoint that `arguments` name."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.full_size")
    parser.add_argument("name", choices=(*ARCHITECTURES, *OPEN_CLIP))
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args(arguments)
    write(asked.name, asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
