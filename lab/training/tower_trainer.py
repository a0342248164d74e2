"""Towers shared by several tags: trained on first use, then cached on disk."""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import torch

from conformance.corpus.drawings import languages
from lab.training import clip
from lab.training.cache_key import cache_key
from lab.training.captions import Wordings
from lab.training.images import CLIP_SCALE, Images, Scale
from lab.training.loop import train_images, train_texts
from lab.training.targets import points

Tower = dict[str, torch.Tensor]


class TowerTrainer:
    """Trains the towers that recipes need, and keeps them in `cache_dir`.

    A cached tower is reused only if nothing that affects it has changed (`lab.training.cache_key`).
    `effort` scales the number of steps, for tests.
    """

    def __init__(self, cache_dir: Path, effort: float = 1.0) -> None:
        self.cache_dir = cache_dir
        self._effort = effort

    def kept(self, name: str, train: Callable[[], Tower]) -> Tower:
        """The tower `name`, trained unless it is cached."""
        file = self.cache_dir / f"{name}-{cache_key(name, self._effort)}.pt"
        if not file.exists():
            self.cache_dir.mkdir(parents=True, exist_ok=True)
            seed(name)
            torch.save(train(), file)
        tower: Tower = torch.load(file)
        return tower

    def part(
        self,
        name: str,
        model: torch.nn.Module,
        prefixes: tuple[str, ...],
        train: Callable[[], None],
    ) -> None:
        """Load the weights under `prefixes` into `model`, after `train` if they are not cached."""

        def trained() -> Tower:
            train()
            state = model.state_dict()
            return {key: value for key, value in state.items() if key.startswith(prefixes)}

        model.load_state_dict(self.kept(name, trained), strict=False)

    def images(
        self,
        name: str,
        encode: Callable[[torch.Tensor], torch.Tensor],
        parameters: list[torch.nn.Parameter],
        *,
        size: int,
        steps: int,
        batch: int = 48,
        scale: Scale = CLIP_SCALE,
        width: int = clip.EMBEDDING,
        rate: float = 1e-3,
    ) -> None:
        """Train an image tower on images of `size` pixels."""
        images = Images(size, scale, Random(name))
        steps = max(1, round(self._effort * steps))
        train_images(
            name, encode, parameters, images, points(width), steps=steps, batch=batch, rate=rate
        )

    def texts(
        self,
        name: str,
        encode: Callable[[list[str]], torch.Tensor],
        parameters: list[torch.nn.Parameter],
        *,
        spoken: Sequence[str] | None = None,
        steps: int,
        rounds: int = 4,
        width: int = clip.EMBEDDING,
    ) -> None:
        """Train a text tower in the languages `spoken`, by default all."""
        wordings = Wordings(spoken or languages(), Random(name))
        steps = max(1, round(self._effort * steps))
        train_texts(name, encode, parameters, wordings, points(width), steps=steps, rounds=rounds)

    def patch32(self) -> Tower:
        """The image tower of CLIP ViT-B/32: 224 pixels, QuickGELU."""
        return self._clip_images("patch32", 224, 32, 1500, None)

    def patch16(self) -> Tower:
        """The image tower of CLIP ViT-B/16, with the same size and activation; first trained at 112
        pixels."""
        small = self._clip_images("patch16-112", 112, 16, 1200, None)
        return self._clip_images("patch16", 224, 16, 200, clip.with_positions(small, 14))

    def _clip_images(
        self, name: str, size: int, patch: int, steps: int, start: Tower | None
    ) -> Tower:
        def train() -> Tower:
            text = {"hidden_size": 64, "num_attention_heads": 1, "vocab_size": 8}
            model = clip.clip(text, clip.vision_config(size, patch, "quick_gelu"))
            model.load_state_dict(start or {}, strict=False)
            encode, learned = clip.encode_images(model), clip.image_parameters(model)
            self.images(name, encode, learned, size=size, steps=steps)
            return clip.image_tower(model)

        return self.kept(name, train)


def seed(name: str) -> None:
    """Make all later random numbers depend only on `name`."""
    torch.manual_seed(zlib.crc32(name.encode()))
