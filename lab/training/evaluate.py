"""`python -m lab.training.evaluate [TAG...]`: measure the packed stand-ins' retrieval accuracy.

Prints recall@1 in both directions for each tag and language: the share of captions whose nearest
drawing is their own, and the share of drawings whose nearest caption is their own.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from conformance.corpus.drawings import HELD_OUT_SEEDS, captions, combinations, draw, languages
from conformance.data.models import Model, find

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Recall:
    """Recall@1 from captions to drawings and from drawings to captions: the lowest of all
    wordings and seeds, and the number of retrievals of each kind."""

    to_image: float
    to_text: float
    count: int


def recall(texts: Vectors, images: Vectors) -> tuple[float, float]:
    """Recall@1 in both directions; row i of the images belongs to row i of the texts."""
    similarity = _unit(texts) @ _unit(images).T
    right = np.arange(len(similarity))
    return (
        float((similarity.argmax(axis=1) == right).mean()),
        float((similarity.argmax(axis=0) == right).mean()),
    )


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def evaluate(
    encoder: Any, spoken: list[str], size: int, rounds: int
) -> Iterator[tuple[str, Recall]]:
    """The recall for each language, over `rounds` held-out drawings of every combination."""
    images = [_images(encoder, size, HELD_OUT_SEEDS.start + i) for i in range(rounds)]
    for language in spoken:
        both = [recall(t, i) for t in _wordings(encoder, language) for i in images]
        yield (
            language,
            Recall(min(a for a, _ in both), min(b for _, b in both), len(both) * len(images[0])),
        )


def _images(encoder: Any, size: int, seed: int) -> Vectors:
    return np.stack([encoder.encode_image(draw(c, seed, size)) for c in combinations()])


def _wordings(encoder: Any, language: str) -> list[Vectors]:
    """The vectors of each held-out wording, for all combinations."""
    every = [captions(c, language, "held_out") for c in combinations()]
    return [encoder.encode_texts(list(wording)) for wording in zip(*every, strict=True)]


def spoken_by(model: Model) -> list[str]:
    """The languages of the corpus that the model supports."""
    return [language for language in languages() if language in model.languages]


def load(tag: str, scratch: Path) -> Any:
    """The encoder of a packed stand-in, as the reference loads it."""
    from reference import encoders, standins, weights

    placement = encoders.Placement()
    encoder = encoders.load(find(tag), standins.unpack(tag, scratch), placement)
    return weights.unmeasured(encoder, placement)


def main() -> int:
    """Print a line for each tag and language; return 1 if one is below its minimum."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from reference import standins

    parser = argparse.ArgumentParser(prog="python -m lab.training.evaluate")
    parser.add_argument("tags", nargs="*", metavar="TAG")
    parser.add_argument("--rounds", type=int, default=3, help="drawings of every combination")
    options = parser.parse_args()
    kept = [_report(tag, options.rounds) for tag in options.tags or standins.available()]
    return 0 if all(kept) else 1


def _report(tag: str, rounds: int) -> bool:
    model, kept = find(tag), True
    with TemporaryDirectory() as scratch:
        encoder = load(tag, Path(scratch))
        size = model.image_size or 224
        for language, found in evaluate(encoder, spoken_by(model), size, rounds):
            print(
                f"{tag} {language}: to image {found.to_image:.3f}, to text {found.to_text:.3f}"
                f" (the lowest of {found.count} retrievals each way)",
                flush=True,
            )
            bar = 0.90 if len(model.languages) > 1 else 0.95
            kept &= min(found.to_image, found.to_text) >= bar
    return kept


if __name__ == "__main__":
    sys.exit(main())
