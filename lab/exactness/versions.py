"""Compare vectors from other library versions, used as documented, with the shipped vectors.

`python -m lab.exactness.versions vectors FILE [TAG...]` runs in a separate environment with those
versions installed; `python -m lab.exactness.versions compare FILE` runs in the project's
environment, and writes its results to `lab/exactness/measured/versions.json`.
"""

import json
import os
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from conformance.data.models import load
from conformance.exact import expected, items
from conformance.exact.judgment import deviations, single

MEASURED = Path(__file__).parent / "measured" / "versions.json"
NAMED = ("transformers", "sentence-transformers", "open-clip-torch", "torch", "pillow")


def vectors(file: Path, tags: list[str]) -> None:
    """Write the vectors of all items that these versions can encode, keyed by `TAG/kind/item`."""
    from lab.exactness import checkpoints, documented
    from lab.exactness.measure import Items

    found: dict[str, Any] = {"versions": json.dumps({name: version(name) for name in NAMED})}
    for tag in tags:
        model = load()[tag]
        assert model.image_size is not None
        shown = Items(items.texts(), items.images(model.image_size))
        usage = documented.usage(model, checkpoints.folder(tag))
        for name, text in shown.texts.items():
            found[f"{tag}/text/{name}"] = usage.text(text)
        for name in shown.images:
            try:
                found[f"{tag}/image/{name}"] = usage.image(shown.opened(name))
            except ValueError as refused:  # transformers 4 rejects an image of one pixel.
                print(tag, name, refused, file=sys.stderr)
    np.savez_compressed(file, **found)


def compare(file: Path) -> None:
    """How far the vectors in `file` are from the shipped ones."""
    stored = np.load(file)
    rows: dict[str, Any] = {}
    for tag in expected.tags():
        shipped = expected.load(tag)
        for kind, right in (("text", single(shipped.texts)), ("image", shipped.images)):
            prefix = f"{tag}/{kind}/"
            seen = {
                name.removeprefix(prefix): stored[name]
                for name in stored
                if name.startswith(prefix)
            }
            if seen:
                found = deviations(seen, right)
                rows[f"{tag} {kind}"] = [
                    [each.item, float(f"{each.distance:.2g}")] for each in found[:3]
                ]
    report = {"versions": json.loads(str(stored["versions"])), "furthest": rows}
    MEASURED.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    if sys.argv[1] == "vectors":
        vectors(Path(sys.argv[2]), sys.argv[3:])
    else:
        compare(Path(sys.argv[2]))
