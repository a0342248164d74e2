"""`python -m lab.exactness.expected [TAG...]`: write vectors and measure the effects of mistakes.

The vectors come from the libraries' documented usage (`lab.exactness.documented`), never from the
project's reference. The effects of mistakes and legitimate choices are written to
`lab/exactness/measured/TAG.json`, from which `python -m lab.exactness.table` makes docs/exact.md.
"""

import argparse
import json
import os
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from conformance.data.models import Model, load
from conformance.data.tolerances import Array
from conformance.exact import items
from conformance.exact.expected import STEPS, digest, packed
from conformance.exact.judgment import apart, sketch, unit
from lab.exactness import checkpoints, documented, legitimate_choices, mistakes
from lab.exactness.documented.usage import Usage
from lab.exactness.measure import Items, Measurement
from lab.exactness.mistakes.mistake import Mistake

ROOT: Final = Path(__file__).parents[2]
EXPECTED: Final = ROOT / "fixtures" / "expected"
MEASURED: Final = Path(__file__).parent / "measured"

SKETCH_STEPS: Final = 127
"""The largest integer in a sketch: 8 bits suffice, since a sketch need not be exact."""

UNMOVED: Final = 1e-4
"""Smaller distances are rounding errors, for which no sketch or vector is stored."""


def main(arguments: list[str]) -> int:
    """Make the files of the given tags, or of all."""
    parser = argparse.ArgumentParser(prog="python -m lab.exactness.expected", description=__doc__)
    parser.add_argument("tags", nargs="*", metavar="TAG")
    parser.add_argument("--into", type=Path, default=EXPECTED)
    parser.add_argument("--vectors-only", action="store_true", help="no mistakes, no measurement")
    parser.add_argument(
        "--change", action="append", metavar="NAME", help="measure this change alone, and add it"
    )
    options = parser.parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for tag in options.tags or sorted(load()):
        if options.change:
            add(load()[tag], options.into, options.change)
        else:
            make(load()[tag], options.into, whole=not options.vectors_only)
        print(tag, flush=True)
    return 0


def add(model: Model, into: Path, names: list[str]) -> None:
    """Measure the named changes, and add them to the measurements of one tag."""
    assert model.image_size is not None
    shown = Items(items.texts(), items.images(model.image_size))
    usage = documented.usage(model, checkpoints.folder(model.tag))
    measurement = Measurement(usage, model, shown)
    report = json.loads((MEASURED / f"{model.tag}.json").read_text("utf-8"))
    for part, changes in (("mistakes", mistakes.ALL), ("honest", legitimate_choices.ALL)):
        tried = _tried(measurement, tuple(each for each in changes if each.name in names))
        others = [each for each in report[part] if each["name"] not in names]
        order = [(each.name, each.kind) for each in changes]
        report[part] = sorted(
            others + _distances(measurement, tried),
            key=lambda each: order.index((each["name"], each["kind"])),
        )
        if part == "mistakes" and tried:
            _add_sketches(into / f"{model.tag}.npz", _sketches(measurement, tried), names)
    text = json.dumps(report, indent=1)
    (MEASURED / f"{model.tag}.json").write_text(text + "\n", encoding="utf-8")


def _add_sketches(file: Path, new: tuple[Array, list[list[str]]], names: list[str]) -> None:
    """Add sketches to the file, or replace existing ones of the same names."""
    rows, which = new
    with np.load(file, allow_pickle=False) as stored:
        parts = dict(stored)
    about = json.loads(str(parts["about"]))
    kept = [place for place, each in enumerate(about["sketches"]) if each[0] not in names]
    whole, scales = packed(rows, SKETCH_STEPS)
    about["sketches"] = [*(about["sketches"][place] for place in kept), *which]
    parts["about"] = np.array(json.dumps(about))
    parts["sketches"] = np.concatenate([parts["sketches"][kept], whole.astype(np.int8)])
    parts["sketches_scales"] = np.concatenate([parts["sketches_scales"][kept], scales])
    np.savez_compressed(file, **parts)


def make(model: Model, into: Path, *, whole: bool) -> None:
    """Write the file of one tag; `whole` tries the mistakes as well."""
    assert model.image_size is not None
    shown = Items(items.texts(), items.images(model.image_size))
    usage = documented.usage(model, checkpoints.folder(model.tag))
    measurement = Measurement(usage, model, shown)
    stored, about = vectors(usage, measurement, shown)
    tried = _tried(measurement, mistakes.ALL) if whole else {}
    stored["sketches"], about["sketches"] = _sketches(measurement, tried)
    _write(into / f"{model.tag}.npz", stored, about)
    if whole:
        choices = _tried(measurement, legitimate_choices.ALL)
        report = {
            "honest": _distances(measurement, choices),
            "mistakes": _distances(measurement, tried),
        }
        MEASURED.mkdir(exist_ok=True)
        text = json.dumps({"versions": about["versions"], **report}, indent=1)
        (MEASURED / f"{model.tag}.json").write_text(text + "\n", encoding="utf-8")


def vectors(
    usage: Usage, measurement: Measurement, shown: Items
) -> tuple[dict[str, Array], dict[str, Any]]:
    """The rows to store, and their descriptions."""
    texts = {name: measurement.right("text", name) for name in shown.texts}
    images = {name: measurement.right("image", name) for name in shown.images}
    others = _converted_first(usage, shown, images)
    rows = {"texts": texts, "images": images, "others": others}
    about = {
        **{name: list(each) for name, each in rows.items()},
        "digests": {name: digest(content) for name, content in _fixed(shown).items()},
        "versions": {name: version(name) for name in usage.packages},
        "command": "python -m lab.exactness.expected",
    }
    return {name: _stacked(each, texts) for name, each in rows.items()}, about


def _stacked(rows: dict[str, Array], like: dict[str, Array]) -> Array:
    dimension = len(next(iter(like.values())))
    return np.stack(list(rows.values())) if rows else np.zeros((0, dimension), dtype=np.float32)


def _converted_first(usage: Usage, shown: Items, images: dict[str, Array]) -> dict[str, Array]:
    """The vectors of images converted to RGB first, where these differ from the documented ones."""
    found = {}
    for name in shown.images:
        opened = shown.opened(name)
        if opened.mode != "RGB":
            vector = usage.image(opened.convert("RGB"))
            if apart(vector, images[name]) > UNMOVED:
                found[name] = vector
    return found


def _fixed(shown: Items) -> dict[str, bytes]:
    """The items that are files of other projects, whose content may be different on other
    machines."""
    return {
        name: content
        for name, content in shown.images.items()
        if name in items.SHIPPED or name.startswith("photograph ")
    }


Tried = dict[tuple[str, str], dict[str, Array]]


def _tried(measurement: Measurement, changes: tuple[Mistake, ...]) -> Tried:
    """The vectors with each applicable change, by its name and kind."""
    moved = {(each.name, each.kind): measurement.moved(each) for each in changes}
    return {key: found for key, found in moved.items() if found is not None}


def _distances(measurement: Measurement, tried: Tried) -> list[dict[str, Any]]:
    """For each change, how far it moves each item in direction and norm."""
    return [
        {"name": name, "kind": kind, "moved": _moved(measurement, kind, found)}
        for (name, kind), found in tried.items()
    ]


def _moved(measurement: Measurement, kind: str, found: dict[str, Array]) -> dict[str, list[float]]:
    moved = {}
    for name, vector in found.items():
        right = measurement.right(kind, name)
        if vector.shape != right.shape:
            raise ValueError(f"{name}: another dimension")
        length = float(np.linalg.norm(vector) / max(float(np.linalg.norm(right)), 1e-12))
        moved[name] = [float(f"{apart(vector, right):.3g}"), float(f"{length:.4g}")]
    return moved


def _sketches(measurement: Measurement, tried: Tried) -> tuple[Array, list[list[str]]]:
    rows, names = [], []
    for (cause, kind), found in tried.items():
        for name, vector in found.items():
            right = measurement.right(kind, name)
            if apart(vector, right) > UNMOVED:
                rows.append(sketch(unit(vector) - unit(right)))
                names.append([cause, kind, name])
    return (np.stack(rows) if rows else np.zeros((0, 64), dtype=np.float32)), names


def _write(file: Path, rows: dict[str, Array], about: dict[str, Any]) -> None:
    stored: dict[str, Any] = {"about": np.array(json.dumps(about))}
    for name, each in rows.items():
        steps = SKETCH_STEPS if name == "sketches" else STEPS
        whole, scales = packed(each, steps)
        kept = whole.astype(np.int8) if steps == SKETCH_STEPS else whole
        stored |= {name: kept, f"{name}_scales": scales}
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(file, **stored)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
