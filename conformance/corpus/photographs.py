"""Photographs with captions and published similarities, for testing published weights.

scikit-image carries the images in its wheel; they are read from there when needed, and never
downloaded or copied. Names and captions are in `fixtures/photographs.toml`, the figures in
`fixtures/published_facts.toml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from PIL import Image

from conformance.data import fixture_files
from conformance.data.messages import MissingLibrary, install
from conformance.data.tolerances import Array

_FILE: Final = "photographs.toml"
_FIGURES: Final = "published_facts.toml"
NOISE: Final = "noise:"
PICTURE: Final = "picture:"
"""Prefix of items that are not texts."""


@dataclass(frozen=True)
class Golden:
    """Published cosine similarities for one model, which its weights must reproduce."""

    tag: str
    source: str
    tolerance: float
    cosines: Mapping[tuple[str, str], float]
    """By caption and image (names of photographs); outdated values are left out."""


@dataclass(frozen=True)
class Figure:
    """One published figure; `items` and `kind` are explained in the file."""

    tag: str
    kind: str
    items: Sequence[str]
    value: Sequence[float]
    tolerance: float
    source: str

    def apart(self, vectors: Array) -> float:
        """The largest difference between the figure and what the items' vectors (n, d) yield."""
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
        got = unit[0] @ unit[1:].T if self.kind == "cosine" else unit[0][: len(self.value)]
        return float(np.abs(got - np.asarray(self.value)).max())


def available() -> bool:
    """Whether scikit-image is installed: the extra `photographs`."""
    return find_spec("skimage") is not None


def names() -> tuple[str, ...]:
    """The photographs that have captions, always in the same order."""
    return tuple(_table()["files"])


def others() -> tuple[str, ...]:
    """Further images from the same wheel, without captions: other modes, formats, and sizes."""
    return tuple(_table()["others"])


def languages() -> tuple[str, ...]:
    """The languages that captions exist in, as ISO 639-1 codes."""
    return tuple(_table()["captions"])


def captions(language: str) -> tuple[str, ...]:
    """One text for each of `names()`, in that order; KeyError if there are none."""
    table = _table()["captions"][language]
    return tuple(table.get("prefix", "") + table[name] for name in names())


def raw(name: str) -> bytes:
    """The file of the photograph as scikit-image has it: PNG, JPEG, GIF, or TIFF."""
    return file(name).read_bytes()


def load(name: str) -> Image.Image:
    """The photograph as RGB, as the published cosines were computed: transparency is dropped."""
    with file(name).open("rb") as stream, Image.open(stream) as image:
        return image.convert("RGB")


def file(name: str) -> Traversable:
    """The path of the photograph within scikit-image; KeyError for an unknown name.

    Raises MissingLibrary if scikit-image is not installed.
    """
    table = _table()
    if not available():
        raise MissingLibrary(f"photographs come with scikit-image: {install('photographs')}")
    # The package's directory is used, since its loaders download images that the wheel lacks.
    return files("skimage.data").joinpath({**table["files"], **table["others"]}[name])


def golden_table(tag: str) -> Golden | None:
    """The published cosine similarities of a model; None if there are none."""
    published = fixture_files.toml(_FIGURES)["table"].get(tag)
    if published is None:
        return None
    cosines = {
        (caption, image): value
        for caption, row in published["rows"].items()
        for image, value in zip(published["columns"], row, strict=True)
        if image not in published["void"]
    }
    return Golden(tag, published["source"], published["tolerance"], cosines)


def figures(tag: str) -> list[Figure]:
    """The figures of a model that can be checked here."""
    rows = [Figure(**row) for row in fixture_files.toml(_FIGURES)["figure"] if row["tag"] == tag]
    return [row for row in rows if not any(item.startswith(PICTURE) for item in row.items)]


def noise(seed: int) -> Image.Image:
    """The noise that figures were published for: numpy integers, the same in every version."""
    drawn = np.random.RandomState(seed).randint(0, 2**32, 3 * 224 * 224, dtype=np.uint32)
    channels = (drawn % 255).astype(np.uint8).reshape(3, 224, 224)
    return Image.fromarray(np.ascontiguousarray(channels.transpose(1, 2, 0)))


def _table() -> dict[str, Any]:
    return fixture_files.toml(_FILE)
