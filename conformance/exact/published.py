"""Expected vectors of published weights, made by users who can load those weights.

None are shipped, since no published weights could be loaded where this was built.
`clip-conformance record --reference TAG --weights hub` writes a file into `folder()`.
"""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from conformance.data import fixture_files
from conformance.data.tolerances import Array
from conformance.exact import items
from conformance.exact.expected import Expected, digest, packed, read

SHIPPED: Final = "expected/published"


def folder() -> Path:
    """Where files are looked for first, in the user's own data (XDG base directories)."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "clip-conformance" / "expected"


def file(tag: str) -> Path:
    """Where the file of `tag` belongs."""
    return folder() / f"{tag}.npz"


def load(tag: str) -> Expected:
    """The expected vectors of the published weights; raises LookupError where there are none."""
    shipped = fixture_files.path(f"{SHIPPED}/{tag}.npz")
    found = next((place for place in (file(tag), shipped) if place.is_file()), None)
    if found is None:
        raise LookupError(
            f"no vectors of {tag}'s published weights are at {file(tag)}; where the hub can be "
            f"reached, clip-conformance record --reference {tag} --weights hub makes them"
        )
    with np.load(io.BytesIO(found.read_bytes()), allow_pickle=False) as stored:
        return read(tag, stored)


def write(
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
