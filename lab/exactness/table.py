"""`python -m lab.exactness.table`: docs/exact.md from `lab/exactness/measured`, nothing by hand."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from conformance.data import fixture_files
from conformance.data.models import load
from conformance.exact import items
from conformance.exact.judgement import limits

MEASURED: Final = Path(__file__).parent / "measured"

LEVELS: Final = ("no effect", "MUST", "SHOULD", "none")
"""Best first: what the worst of several models is told by."""

UNMOVED: Final = 1e-4
"""Below, nothing was changed: the stored vectors themselves are rounded by 5e-5."""

INTRODUCTION: Final = """\
# Exact vectors: what honest implementations differ by, and what mistakes move

Made by `make exact-table` from what `make expected` measured; nothing here is written by hand.

The suite sends known items to an endpoint that serves a stand-in (`clip-conformance stand-in TAG
DIR`, then `--weights stand-in`) and compares the directions of the vectors with those that the
model library's own documented usage gives (`lab/exactness/documented`, stored in
`fixtures/expected`). A distance is that of two directions: 0 is the same, 1.41 at right angles.
Each figure is the largest over the diagnostic items of `conformance/exact/items.py`, measured on
the stand-ins.

"Told by" is the clause whose bar the largest distance crosses for every model of the table that the
mistake has an effect on: a MUST (EXA-01 to 08, 10), a SHOULD (EXA-09 colour modes, EXA-11 and 12
precision, EXA-13 length), or none. "n/a" says that the model has nothing to make the mistake with.
"""


def main() -> int:
    """Print the page."""
    print(page(), end="")
    return 0


def page() -> str:
    """The whole page, in Markdown."""
    parts = [INTRODUCTION, _bars(), _overlaps(), *map(_library, _by_library().items()), _versions()]
    return "\n".join(parts)


def _by_library() -> dict[str, dict[str, Any]]:
    """What was measured, by library and tag."""
    found: dict[str, dict[str, Any]] = {}
    for tag, model in load().items():
        file = MEASURED / f"{tag}.json"
        if file.is_file():
            found.setdefault(str(model.library), {})[tag] = json.loads(file.read_text("utf-8"))
    return found


def _bars() -> str:
    rows = [
        f"| {name.replace('_', ', ')} | {row['limit']:g} | {row['reason']} |"
        for name, row in fixture_files.toml("exact_limits.toml").items()
    ]
    return "\n".join(["## The bars\n", "| of | bar | why there |", "|---|---|---|", *rows, ""])


def _overlaps() -> str:
    return """\
## Where the columns overlap

- **bfloat16 and int8** move a vector as far as gelu for quick_gelu, ImageNet's mean or a missing
  antialias filter do. So what lies between the narrow and the wide bar is a SHOULD (EXA-11, 12).
- **Transparent, palette, 1-bit and 16-bit images**: the libraries' own versions differ by as much
  as any mistake (transformers 5 lays transparency over white, transformers 4 drops it, open_clip
  resizes before it converts). EXA-09 is a SHOULD and takes the documented usage's vector or that
  of the image converted to RGB first.
- **Lanczos for bicubic** on a model with patches of 32 pixels moves less than float16 does: no
  clause can tell them apart there.
- **Lossy files**: a decoder with a coarser cosine transform moves a vector by up to 0.03, so that
  they are left to the wide bar (EXA-10).

- **An export to ONNX** (torch.onnx, opset 17, onnxruntime 1.32.0, torch 2.15.0) was measured by
  hand, for it needs packages of its own. It moves openai-clip-vit-base-patch16 by up to 7.3e-07,
  google-siglip-so400m-patch16-256-i18n by up to 5.8e-07, and ViT-B-16-laion2b_s34b_b88k's texts by
  up to 3.8e-07; that model's image tower was not exported (open_clip's fused attention).

Not measured: the mistakes on google-siglip2-so400m-patch16-512 (its expected vectors are shipped,
without causes), which has the layers of its sibling for 384 pixels.
"Converted to RGB before anything else" is a right answer of its own to the clauses.

## Published weights

No expected vectors of published weights are shipped: they could not be loaded where this was built.
Whoever reaches the hub makes a tag's file once, with the reference:

    clip-conformance record --reference TAG --weights hub

It goes to `~/.local/share/clip-conformance/expected/TAG.npz` (under `XDG_DATA_HOME` where that is
set; `-o FILE` puts it elsewhere). A run with `--weights published` takes it from there, or from
`fixtures/expected/published/TAG.npz`; without a file the clauses are *n/a* and say so. The bars are
those above, measured on the stand-ins: what int8 moves in published weights was not measured.
Causes are not named there.
"""


def _library(entry: tuple[str, dict[str, Any]]) -> str:
    library, tags = entry
    told = list(_rows(tags, "mistakes", judged=True))
    seen = {level: sum(line.endswith(f" {level} |") for line in told) for level in LEVELS}
    head = [f"## {library}\n", *(f"{number}. {tag}" for number, tag in enumerate(tags, 1)), ""]
    summary = (
        f"Of {len(told) - seen['no effect']} mistakes that have an effect, {seen['MUST']} are "
        f"told by a MUST, {seen['SHOULD']} by a SHOULD, {seen['none']} by none.\n"
    )
    columns = " | ".join(f"({number})" for number in range(1, len(tags) + 1))
    line = "|---" * (len(tags) + 2) + "|"
    honest = [f"| honest difference | of | {columns} |", line, *_rows(tags, "honest"), ""]
    wrong = [f"| as if | of | {columns} | told by |", line + "---|", *told, ""]
    return "\n".join([*head, *honest, *wrong, summary])


def _rows(tags: dict[str, Any], part: str, *, judged: bool = False) -> Iterator[str]:
    """One line of a table for each change that applies to one of the tags."""
    changes = {(each["name"], each["kind"]): None for tag in tags.values() for each in tag[part]}
    for name, kind in changes:
        moved = [_find(tag[part], name, kind) for tag in tags.values()]
        cells = " | ".join(_cell(each) for each in moved)
        levels = [told(kind, each) for each in moved if each is not None]
        last = f" {max(levels, key=LEVELS.index)} |" if judged else ""
        yield f"| {name} | {kind} | {cells} |{last}"


Moved = dict[str, list[float]]


def _find(changes: list[dict[str, Any]], name: str, kind: str) -> Moved | None:
    for each in changes:
        if (each["name"], each["kind"]) == (name, kind):
            moved: Moved = each["moved"]
            return moved
    return None


def _cell(moved: Moved | None) -> str:
    if moved is None:
        return "n/a"
    distance = max(distance for distance, _ in moved.values())
    length = max((length for _, length in moved.values()), key=lambda each: abs(each - 1))
    longer = abs(length - 1) > limits().length and distance < limits().texts_precise
    return f"{distance:.2g}" + (f", {length:.3g} times as long" if longer else "")


def told(kind: str, moved: Moved) -> str:
    """The level of the clause that would see these distances."""
    if all(d < UNMOVED and abs(length - 1) < UNMOVED for d, length in moved.values()):
        return "no effect"
    wide = limits().texts if kind == "text" else limits().images
    narrow = limits().texts_precise if kind == "text" else limits().images_precise
    must = [d for item, (d, _) in moved.items() if item not in items.MODES]
    exact = [d for item, (d, _) in moved.items() if kind == "text" or item in items.PRECISE]
    modes = [d for item, (d, _) in moved.items() if item in items.MODES]
    if max(must, default=0) > wide:
        return "MUST"
    longer = any(abs(length - 1) > limits().length for _, length in moved.values())
    should = max(exact, default=0) > narrow or max(modes, default=0) > wide or longer
    return "SHOULD" if should else "none"


def _versions() -> str:
    file = MEASURED / "versions.json"
    if not file.is_file():
        return ""
    report = json.loads(file.read_text("utf-8"))
    named = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    head = [
        "## Other versions of the libraries\n",
        f"The documented usage with {named}, beside the shipped vectors: the items furthest off.\n",
        "| model and kind | furthest | | |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| {name} | " + " | ".join(f"{item} {distance:g}" for item, distance in found) + " |"
        for name, found in report["furthest"].items()
    ]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    sys.exit(main())
