"""The pages: an index with all targets beside each other, a page a target, and a comparison.

Reports hold what untrusted endpoints said: jinja2 escapes all of it, and the one script of the
site, for comparing with a report of one's own, writes nothing but text.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

import jinja2

from website import compatibility
from website.published import Target, differences

FOLDER: Final = Path(__file__).parent
SYMBOLS: Final = {
    "pass": "✓",
    "warn": "!",
    "fail": "✗",
    "error": "E",
    "not judged": "?",
    "not run": "?",
    "known": "k",
    "skipped": "s",
    "disabled": "·",
    "n/a": "·",
}
"""A sign for each status; one that is not here is shown as it is."""


@dataclass(frozen=True)
class Row:
    """A clause, with its status for each target; empty where a report has no such clause."""

    id: str
    level: str
    title: str
    group: str
    statuses: tuple[str, ...]


def write(targets: list[Target], out: Path) -> None:
    """Write the whole site into a folder."""
    machine = compatibility.document(targets)
    pages = {"index.html": _render("index", targets=targets, groups=list(rows(targets)))}
    pages["compare.html"] = _render("compare", data=_embedded(machine))
    for target in targets:
        changes = [(old, new, differences(old, new)) for old, new in pairwise(target.runs)]
        pages[f"{target.name}.html"] = _render("target", target=target, changes=changes[::-1])
        for run in target.runs:
            copy = json.dumps(run.report, indent=1, ensure_ascii=False)
            pages[f"reports/{target.name}/{run.name}.json"] = copy
    pages["compatibility.json"] = json.dumps(machine, indent=1, ensure_ascii=False)
    for name in ("site.css", "compare.js"):
        pages[name] = (FOLDER / name).read_text(encoding="utf-8")
    for name, text in pages.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def rows(targets: list[Target]) -> Iterator[tuple[str, list[Row]]]:
    """The clauses by group, in the order of the report that has most of them."""
    longest: list[dict[str, Any]] = max(
        (t.newest.report["clauses"] for t in targets), key=len, default=[]
    )
    made = (_row(clause, targets) for clause in longest)
    for group, some in groupby(made, key=lambda row: row.group):
        yield group, list(some)


def _row(clause: dict[str, Any], targets: list[Target]) -> Row:
    statuses = tuple(target.newest.statuses.get(clause["id"], "") for target in targets)
    return Row(clause["id"], clause["level"], clause["title"], clause["group"], statuses)


def _render(name: str, **values: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{name}.html.jinja").render(symbols=SYMBOLS, **values)


def _embedded(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
