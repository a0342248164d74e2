"""Photographs with captions, to judge published weights.

scikit-image carries the images in its wheel; they are read from there when asked for and never
downloaded or copied. Names, captions and the published cosines are in `fixtures/photographs.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import Any, Final

from PIL import Image

from conformance.data import fixture_files
from conformance.data.messages import MissingLibrary, install

_FILE: Final = "photographs.toml"


@dataclass(frozen=True)
class Golden:
    """Published cosine similarities for one model, which its weights have to reproduce."""

    tag: str
    source: str
    cosines: Mapping[tuple[str, str], float]
    """By caption and image (names of photographs); what no longer holds is left out."""


def available() -> bool:
    """Whether scikit-image is installed: the extra `photographs`."""
    return find_spec("skimage") is not None


def names() -> tuple[str, ...]:
    """The photographs that have captions, always in the same order."""
    return tuple(_table()["files"])


def others() -> tuple[str, ...]:
    """Further images of the same wheel, without captions: other modes, formats and sizes."""
    return tuple(_table()["others"])


def languages() -> tuple[str, ...]:
    """The languages that captions exist in, as ISO 639-1 codes."""
    return tuple(_table()["captions"])


def captions(language: str) -> tuple[str, ...]:
    """One text for each of `names()`, in that order; KeyError where there are none."""
    table = _table()["captions"][language]
    return tuple(table.get("prefix", "") + table[name] for name in names())


def raw(name: str) -> bytes:
    """The file of the photograph as scikit-image has it: PNG, JPEG, GIF or TIFF."""
    return file(name).read_bytes()


def load(name: str) -> Image.Image:
    """The photograph as RGB, as the published cosines were computed: transparency is dropped."""
    with file(name).open("rb") as stream, Image.open(stream) as image:
        return image.convert("RGB")


def file(name: str) -> Traversable:
    """Where scikit-image keeps the photograph; KeyError for a name that is in no list.

    Raises MissingLibrary where scikit-image is not installed.
    """
    table = _table()
    if not available():
        raise MissingLibrary(f"photographs come with scikit-image: {install('photographs')}")
    # The folder of its package, not its loaders: those download what the wheel lacks.
    return files("skimage.data").joinpath({**table["files"], **table["others"]}[name])


def golden_table(tag: str) -> Golden | None:
    """The published cosine similarities of a model; None if there are none."""
    published = _table()["golden"].get(tag)
    if published is None:
        return None
    cosines = {
        (caption, image): value
        for caption, row in published["rows"].items()
        for image, value in zip(published["columns"], row, strict=True)
        if image not in published["void"]
    }
    return Golden(tag, published["source"], cosines)


def _table() -> dict[str, Any]:
    return fixture_files.toml(_FILE)
