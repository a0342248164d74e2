"""`python -m lab.exactness.table`: generate docs/exact.md from `lab/exactness/measured`."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from conformance.data import fixture_files
from conformance.data.models import load
from conformance.exact import items
from conformance.exact.judgment import limits

MEASURED: Final = Path(__file__).parent / "measured"

SAME: Final = "same effect as different weights"
ALLOWED: Final = "allowed"
NOT_TOLD: Final = {
    SAME: (
        "red and blue were swapped",
        "the image was mirrored",
        "the image was upside down",
        "the pixels were ",
        "the standard deviation ",
    ),
    ALLOWED: (
        "the image was rotated by its EXIF tag",
        "16-bit values were scaled",
        "transparency was composited over white",
    ),
    "the libraries use different filters, or the filter is unknown": (
        "the image was resized with bilinear",
    ),
}
"""Why mistakes are not detected without expected vectors, by the beginnings of their names."""

LEVELS: Final = ("no effect", "MUST", "SHOULD", "none")
"""The levels, best first; the worst level counts if there are several models."""

UNMOVED: Final = 1e-4
"""Smaller distances mean no change: the stored vectors themselves are rounded by 5e-5."""

PAGE: Final = Path(__file__).parent / "page.md"
"""The text, with LIMITS, RENDERINGS, LIBRARIES, and VERSIONS in place of the tables."""


def main() -> int:
    """Print the page."""
    print(page(), end="")
    return 0


def page() -> str:
    """The whole page, in Markdown."""
    libraries = "\n".join(map(_library, _by_library().items()))
    text = PAGE.read_text(encoding="utf-8").replace("LIMITS", _limits())
    text = text.replace("RENDERINGS", _renderings())
    return text.replace("LIBRARIES", libraries).replace("VERSIONS", _versions())


def _renderings() -> str:
    """The table of mistakes and the clauses that detect them without expected vectors."""
    found = json.loads((MEASURED / "renderings.json").read_text("utf-8"))
    names = {name: None for row in found.values() for name in row["mistakes"]}
    lines, counts = list[str](), Counter[str]()
    for name in names:
        seen = [row["mistakes"].get(name, "no effect") for row in found.values()]
        works = [each for each in seen if each != "no effect"]
        if not works:
            continue
        told = Counter(each for each in works if each)
        by = ", ".join(f"{clause} ({count})" for clause, count in told.most_common())
        why = next((why for why, those in NOT_TOLD.items() if name.startswith(those)), "")
        cell = "; ".join(filter(None, (by, why if told.total() < len(works) else "")))
        lines.append(f"| {name} | {cell} | {told.total()} of {len(works)} |")
        if why not in (SAME, ALLOWED):
            every = told.total() == len(works)
            counts["all" if every else "some" if told else "none"] += 1
    accused = [
        f"{name} ({clause}, {tag})"
        for tag, row in found.items()
        for name, clause in row["honest"].items()
        if clause and clause != "no effect"
    ]
    alarms = f"Correct variations are reported as mistakes: {', '.join(accused)}."
    *first, last = found
    summary = (
        f"The measurements cover the models {', '.join(first)}, and {last}. "
        f"Of the mistakes in the table, {counts.total()} violate the contract and can be "
        "distinguished from the use of different weights. "
        f"Of these mistakes, {counts['all']} are detected for all affected models, "
        f"{counts['some']} for only some of them, and {_missed(counts['none'])}. "
        f"{alarms if accused else 'No correct variation is reported as a mistake.'}\n"
    )
    return "\n".join(["| mistake | detected by | models |", "|---|---|---|", *lines, "", summary])


def _by_library() -> dict[str, dict[str, Any]]:
    """The measurements by library and tag."""
    found: dict[str, dict[str, Any]] = {}
    for tag, model in load().items():
        file = MEASURED / f"{tag}.json"
        if file.is_file():
            found.setdefault(str(model.library), {})[tag] = json.loads(file.read_text("utf-8"))
    return found


def _limits() -> str:
    rows = [
        f"| {name.replace('_', ', ')} | {row['limit']:g} | {row['reason']} |"
        for name, row in fixture_files.toml("exact_limits.toml").items()
    ]
    return "\n".join(["| for | tolerance | reason |", "|---|---|---|", *rows])


def _library(entry: tuple[str, dict[str, Any]]) -> str:
    library, tags = entry
    told = list(_rows(tags, "mistakes", judged=True))
    seen = {level: sum(line.endswith(f" {level} |") for line in told) for level in LEVELS}
    head = [f"### {library}\n", *(f"{number}. {tag}" for number, tag in enumerate(tags, 1)), ""]
    summary = (
        f"Of the {len(told) - seen['no effect']} mistakes that have an effect, {seen['MUST']} are "
        f"detected by a MUST clause, {seen['SHOULD']} only by a SHOULD clause, and "
        f"{_missed(seen['none'])}.\n"
    )
    columns = " | ".join(f"({number})" for number in range(1, len(tags) + 1))
    line = "|---" * (len(tags) + 2) + "|"
    honest = [f"| correct variation | kind | {columns} |", line, *_rows(tags, "honest"), ""]
    wrong = [f"| mistake | kind | {columns} | detected by |", line + "---|", *told, ""]
    return "\n".join([*head, *honest, *wrong, summary])


def _missed(count: int) -> str:
    return "1 is missed" if count == 1 else f"{count or 'none'} are missed"


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
    """The level of the clause that would detect these distances."""
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
        f"The table compares the shipped vectors with those that the documented usage produces "
        f"with these versions: {named}.\n",
        "| model and kind | largest distances | | |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| {name} | " + " | ".join(f"{item} {distance:g}" for item, distance in found) + " |"
        for name, found in report["furthest"].items()
    ]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    sys.exit(main())
