"""The stand-ins for the SigLIP family."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from transformers import SiglipImageProcessor, SiglipProcessor

from conformance.corpus.drawings import languages
from lab.training import siglip, small_tokenizers
from lab.training.clip import encode_images, interpolated
from lab.training.clip_recipes import save_processor
from lab.training.images import SIGLIP_SCALE
from lab.training.tower_trainer import Tower, TowerTrainer
from lab.training.weights import round_off

_POSITIONS = "vision_model.embeddings.position_embedding.weight"

# By size in pixels: the smaller size to start from, steps, batch size, and learning rate.
_STAGES: Final[dict[int, tuple[int | None, int, int, float]]] = {
    128: (None, 1500, 48, 2e-3),
    256: (128, 300, 48, 1e-3),
    384: (256, 120, 24, 5e-4),
    512: (384, 80, 24, 5e-4),
}


def i18n_256(workshop: TowerTrainer, folder: Path) -> None:
    """google-siglip-so400m-patch16-256-i18n."""
    with TemporaryDirectory() as scratch:
        words = small_tokenizers.siglip(languages(), 64, Path(scratch))
        _make(workshop, folder, 256, words, "siglip-i18n-texts")


def siglip2_384(workshop: TowerTrainer, folder: Path) -> None:
    """google-siglip2-so400m-patch16-384."""
    _make(workshop, folder, 384, small_tokenizers.gemma(languages(), 64), "siglip2-texts")


def siglip2_512(workshop: TowerTrainer, folder: Path) -> None:
    """google-siglip2-so400m-patch16-512."""
    _make(workshop, folder, 512, small_tokenizers.gemma(languages(), 64), "siglip2-texts")


def _make(workshop: TowerTrainer, folder: Path, size: int, words: Any, name: str) -> None:
    model = siglip.siglip(size, words, 1)
    model.load_state_dict(_images(workshop, size, words), strict=False)
    model.load_state_dict(workshop.kept(name, lambda: _texts(workshop, words, name)), strict=False)
    round_off(model.parameters())
    wide = siglip.siglip(size, words, siglip.TIMES)
    wide.load_state_dict(siglip.widen(model.state_dict()))
    _save(wide, words, size, folder / "siglip")


def _images(workshop: TowerTrainer, size: int, words: Any) -> Tower:
    """The image tower, trained at 128 pixels first, and then at each size up to `size`."""
    name = f"siglip-{size}"
    return workshop.kept(name, lambda: _trained_images(workshop, size, words, name))


def _trained_images(workshop: TowerTrainer, size: int, words: Any, name: str) -> Tower:
    smaller, steps, batch, rate = _STAGES[size]
    model = siglip.siglip(size, words, 1)
    if smaller is not None:
        tower = _images(workshop, smaller, words)
        grown = interpolated(tower[_POSITIONS], size // 16)
        model.load_state_dict({**tower, _POSITIONS: grown}, strict=False)
    workshop.images(
        name,
        encode_images(model),
        list(model.vision_model.parameters()),
        size=size,
        steps=steps,
        batch=batch,
        rate=rate,
        scale=SIGLIP_SCALE,
        width=siglip.WIDTH,
    )
    return _part(model, "vision_model.")


def _texts(workshop: TowerTrainer, words: Any, name: str) -> Tower:
    model = siglip.siglip(256, words, 1)
    workshop.texts(
        name,
        siglip.encode_texts(model, words),
        list(model.text_model.parameters()),
        steps=1800,
        width=siglip.WIDTH,
    )
    return _part(model, "text_model.")


def _part(model: Any, prefix: str) -> Tower:
    state: Tower = model.state_dict()
    return {name: value for name, value in state.items() if name.startswith(prefix)}


def _save(model: Any, words: Any, size: int, folder: Path) -> None:
    mean, deviation = SIGLIP_SCALE
    images = SiglipImageProcessor(
        size={"height": size, "width": size}, image_mean=list(mean), image_std=list(deviation)
    )
    model.save_pretrained(folder)
    kind: Any = SiglipProcessor
    save_processor(kind(images, words), folder)
