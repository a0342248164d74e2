"""Load the vectors that the libraries' documented usage gives (`fixtures/expected`).

`TAG.npz` is made by `make expected` (`python -m lab.exactness.expected`). A vector is stored as
whole numbers of 16 bits times one scale, which moves it by less than 5e-5 of its norm and halves
the file.

Vectors of published weights are made by users who can load them, since none could be loaded where
this was built: `clip-conformance record --reference TAG --weights hub` writes a file into
`published_folder()`.
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from conformance.data import fixture_files
from conformance.data.tolerances import Array
from conformance.exact import items

PUBLISHED: Final = "expected/published"
STEPS: Final = 32767
"""Whole numbers a stored vector's largest component is divided into."""


@dataclass(frozen=True)
class Hypothesis:
    """A mistake, and where it moves the direction of the diagnostic items, as sketches (k,)."""

    name: str
    moved: Mapping[str, Array]


@dataclass(frozen=True)
class Expected:
    """The vectors of one tag's stand-in by item; an image may have more than one right answer.

    The first is the documented usage's. Where honest implementations differ by what they do with
    transparency or rare modes, what follows is the vector of the image converted to RGB first.
    """

    tag: str
    texts: Mapping[str, Array]
    images: Mapping[str, tuple[Array, ...]]
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    hypotheses: Mapping[str, tuple[Hypothesis, ...]] = field(default_factory=dict)
    """By kind, "text" or "image"."""
    origin: str = "the library's own vectors"
    """Whose vectors these are."""


def tags() -> tuple[str, ...]:
    """The tags that expected vectors are shipped for, sorted."""
    names = (file.name for file in fixture_files.path("expected").iterdir())
    return tuple(sorted(name.removesuffix(".npz") for name in names if name.endswith(".npz")))


@cache
def load(tag: str) -> Expected:
    """The expected vectors of `tag`. Raises LookupError where none are shipped."""
    file = fixture_files.path(f"expected/{tag}.npz")
    if not file.is_file():
        raise LookupError(f"there are no expected vectors for {tag}")
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as stored:
        return read(tag, stored)


def digest(content: bytes) -> str:
    """What tells one item from another: the first 16 digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def known_images(expected: Expected, size: int) -> dict[str, bytes]:
    """The image items that are what the expected vectors were made of.

    A photograph that this version of scikit-image has another file of is left out.
    """
    shown = items.images(size)
    fixed = {name: expected.digests.get(name, digest(content)) for name, content in shown.items()}
    return {name: content for name, content in shown.items() if fixed[name] == digest(content)}


def packed(rows: Array, steps: int = STEPS) -> tuple[npt.NDArray[np.int16], Array]:
    """Vectors (n, d) as whole numbers up to `steps` (n, d) and their scales (n, 1)."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=1e-12)
    scales: Array = (largest / steps).astype(np.float32)
    return np.round(rows / scales).astype(np.int16), scales


def _unpacked(stored: Mapping[str, Any], name: str) -> Array:
    rows: Array = stored[name].astype(np.float32) * stored[f"{name}_scales"]
    return rows


def read(tag: str, stored: Mapping[str, Any]) -> Expected:
    """The vectors in a stored file's arrays, by their names."""
    about = json.loads(str(stored["about"]))
    images = dict(
        zip(about["images"], ((row,) for row in _unpacked(stored, "images")), strict=True)
    )
    for name, row in zip(about["others"], _unpacked(stored, "others"), strict=True):
        images[name] = (*images[name], row)
    return Expected(
        tag,
        dict(zip(about["texts"], _unpacked(stored, "texts"), strict=True)),
        images,
        about["digests"],
        about["versions"],
        {
            kind: _hypotheses(kind, about, _unpacked(stored, "sketches"))
            for kind in ("text", "image")
        },
        about.get("origin", Expected.origin),
    )


def _hypotheses(kind: str, about: Mapping[str, Any], sketches: Array) -> tuple[Hypothesis, ...]:
    found: dict[str, dict[str, Array]] = {}
    for (name, its_kind, item), row in zip(about["sketches"], sketches, strict=True):
        if its_kind == kind:
            found.setdefault(name, {})[item] = row
    return tuple(Hypothesis(name, moved) for name, moved in found.items())


def published_folder() -> Path:
    """Where files are looked for first, in the user's own data (XDG base directories)."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "clip-conformance" / "expected"


def published_file(tag: str) -> Path:
    """Where the file of `tag` belongs."""
    return published_folder() / f"{tag}.npz"


def load_published(tag: str) -> Expected:
    """The expected vectors of the published weights; raises LookupError where there are none."""
    shipped = fixture_files.path(f"{PUBLISHED}/{tag}.npz")
    found = next((place for place in (published_file(tag), shipped) if place.is_file()), None)
    if found is None:
        raise LookupError(
            f"no vectors of {tag}'s published weights are at {published_file(tag)}; where the hub "
            f"can be reached, clip-conformance record --reference {tag} --weights hub makes them"
        )
    with np.load(io.BytesIO(found.read_bytes()), allow_pickle=False) as stored:
        return read(tag, stored)


def write_published(
    place: Path,
    texts: Mapping[str, Array],
    images: Mapping[str, Array],
    versions: Mapping[str, str],
    origin: str,
    size: int,
) -> None:
    """Write vectors (d,) by item in the format of the shipped files, without causes."""
    sent = items.images(size)
    rows = {"texts": texts, "images": images, "others": {}, "sketches": {}}
    about = {
        **{name: list(each) for name, each in rows.items()},
        "digests": {name: digest(sent[name]) for name in images},
        "versions": dict(versions),
        "origin": origin,
    }
    dimension = len(next(iter(texts.values())))
    stored: dict[str, object] = {"about": np.array(json.dumps(about))}
    for name, each in rows.items():
        stacked = np.stack(list(each.values())) if each else np.zeros((0, dimension), np.float32)
        stored[name], stored[f"{name}_scales"] = packed(stacked)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as sink:
        np.savez_compressed(sink, **stored)  # type: ignore[arg-type]
