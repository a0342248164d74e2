"""Full-size CLIP checkpoints with random weights: as slow as the published ones, and no better.

``python -m benchmarks.full_size FOLDER [--patch 16]`` writes one in the layout of the vendor's
images, which the reference (``--weights FOLDER``) and the plain server both read.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPModel

from reference import standins

TAG = "openai-clip-vit-base-patch16"
"""Whose stand-in lends its tokenizer and its image processor: those are full-size already."""


def write(folder: Path, patch: int) -> None:
    """A CLIP ViT-B with square patches of `patch` pixels, seeded."""
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as scratch:
        small = standins.unpack(TAG, Path(scratch))
        shutil.copytree(small / "openai_clip_processor", folder / "openai_clip_processor")
        ids = CLIPConfig.from_pretrained(small / "openai_clip").text_config
    special = {name: getattr(ids, name) for name in ("bos_token_id", "eos_token_id")}
    sizes = {"vision_config": {"patch_size": patch}, "projection_dim": 512}
    model = CLIPModel(CLIPConfig(text_config=special, **sizes))
    model.save_pretrained(folder / "openai_clip")


def main(arguments: Sequence[str]) -> int:
    """Write what `arguments` ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.full_size")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--patch", type=int, choices=(16, 32), default=16)
    asked = parser.parse_args(arguments)
    write(asked.folder, asked.patch)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
