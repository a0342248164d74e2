"""Load the vectors that the libraries produce when used as documented (`fixtures/expected`).

`TAG.npz` is made by `make expected` (`python -m lab.exactness.expected`). A vector is stored as
16-bit integers with a common scale, which changes it by less than 5e-5 of its norm and halves the
size of the file.

Vectors computed with published weights are recorded by users who have access to the weights, since
the project was developed without such access. The command `clip-conformance record --reference TAG
--weights hub` writes a file into `published_folder()`.
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

from conformance.data import fixture_files, tolerances
from conformance.data.tolerances import Array
from conformance.exact import items

PUBLISHED: Final = "expected/published"
STEPS: Final = 32767
"""Integer that the largest component of a stored vector is scaled to."""


@dataclass(frozen=True)
class Hypothesis:
    """A mistake, and its effect on the directions of the diagnostic items, as sketches (k,)."""

    name: str
    moved: Mapping[str, Array]


@dataclass(frozen=True)
class Expected:
    """The vectors of one tag's stand-in by item; an image may have several correct answers.

    The first is that of the documented usage. If correct implementations differ in their handling
    of transparency or rare modes, the next is the vector of the image converted to RGB first.
    """

    tag: str
    texts: Mapping[str, Array]
    images: Mapping[str, tuple[Array, ...]]
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    hypotheses: Mapping[str, tuple[Hypothesis, ...]] = field(default_factory=dict)
    """By kind, "text" or "image"."""
    origin: str = "the library's own vectors"
    """The origin of these vectors."""
    bars: Mapping[str, float] = field(default_factory=dict)
    """For some images, by item, the distance that is allowed even if it exceeds the limit."""


def tags() -> tuple[str, ...]:
    """The tags that expected vectors are shipped for, sorted."""
    names = (file.name for file in fixture_files.path("expected").iterdir())
    return tuple(sorted(name.removesuffix(".npz") for name in names if name.endswith(".npz")))


@cache
def load(tag: str) -> Expected:
    """The expected vectors of `tag`. Raises LookupError if none are shipped."""
    file = fixture_files.path(f"expected/{tag}.npz")
    if not file.is_file():
        raise LookupError(f"there are no expected vectors for {tag}")
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as stored:
        return read(tag, stored)


def digest(content: bytes) -> str:
    """The identity of an item: the first 16 digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def known_images(expected: Expected, size: int) -> dict[str, bytes]:
    """The image items with the same bytes as those that the expected vectors were computed from.

    A photograph that differs in this version of scikit-image is left out.
    """
    shown = items.images(size)
    fixed = {name: expected.digests.get(name, digest(content)) for name, content in shown.items()}
    return {name: content for name, content in shown.items() if fixed[name] == digest(content)}


def packed(rows: Array, steps: int = STEPS) -> tuple[npt.NDArray[np.int16], Array]:
    """Vectors (n, d) as integers up to `steps` (n, d), and their scales (n, 1)."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=1e-12)
    scales: Array = (largest / steps).astype(np.float32)
    return np.round(rows / scales).astype(np.int16), scales


def _unpacked(stored: Mapping[str, Any], name: str) -> Array:
    rows: Array = stored[name].astype(np.float32) * stored[f"{name}_scales"]
    return rows


def read(tag: str, stored: Mapping[str, Any]) -> Expected:
    """The vectors in the arrays of a stored file."""
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
        about.get("bars", {}),
    )


def _hypotheses(kind: str, about: Mapping[str, Any], sketches: Array) -> tuple[Hypothesis, ...]:
    found: dict[str, dict[str, Array]] = {}
    for (name, its_kind, item), row in zip(about["sketches"], sketches, strict=True):
        if its_kind == kind:
            found.setdefault(name, {})[item] = row
    return tuple(Hypothesis(name, moved) for name, moved in found.items())


def published_folder() -> Path:
    """The directory that is searched first, in the user's data directory (XDG)."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "clip-conformance" / "expected"


def published_file(tag: str) -> Path:
    """The path for the file of `tag`."""
    return published_folder() / f"{tag}.npz"


def load_published(tag: str) -> Expected:
    """The expected vectors of the published weights; raises LookupError if there are none."""
    shipped = fixture_files.path(f"{PUBLISHED}/{tag}.npz")
    found = next((place for place in (published_file(tag), shipped) if place.is_file()), None)
    if found is None:
        raise LookupError(
            f"there is no {published_file(tag)} with vectors computed with published weights; "
            f"with access to the hub, clip-conformance record --reference {tag} --weights hub "
            "creates them"
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
    """Write vectors (d,) by item in the format of the shipped files, without hypotheses.

    `images` may include those of `items.copies`: other correct answers, and slightly perturbed
    copies.
    """
    sent = items.images(size)
    others = {name: images[copy] for name in sent if (copy := items.AS_RGB.format(name)) in images}
    bars = {
        name: items.times(name) * tolerances.distance(others.get(name, images[name]), off)
        for name in sent
        if (off := images.get(items.OFF.format(name))) is not None
    }
    own = {name: row for name, row in images.items() if name in sent}
    rows = {"texts": texts, "images": own, "others": others, "sketches": {}}
    about = {
        **{name: list(each) for name, each in rows.items()},
        "bars": bars,
        "digests": {name: digest(sent[name]) for name in own},
        "versions": dict(versions),
        "origin": origin,
    }
    dimension = len(next(iter(texts.values())))
    stored: dict[str, object] = {"about": np.array(json.dumps(about))}
    for name, each in rows.items():
        stacked = np.stack(list(each.values())) if each else np.zeros((0, dimension), np.float32)
        stored[name], stored[f"{name}_scales"] = packed(stacked)
    with place.open("wb") as sink:
        np.savez_compressed(sink, **stored)  # type: ignore[arg-type]
