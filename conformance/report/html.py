"""Render report.html, a single file without scripts, from report.json.

The content comes from an untrusted endpoint, so jinja2 escapes all of it, and the page's security
policy forbids scripts, requests, and all styles except its own.
"""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import jinja2

from conformance.data import statuses
from conformance.report.document import left_out
from conformance.report.results import OF_ONE_ITEM

FOLDER = Path(__file__).parent / "templates"
PARTS = {
    "http": "over HTTP",
    "weaviate": "through a real Weaviate server",
    "comparison": "compared with other vectors",
    "container": "as a container",
}
"""Titles for the profiles, by their names in report.json."""
STEPS = 21
"""Colors of a heat map, from pale to dark blue, or reversed in dark mode."""
LIGHT, DARK = ((214, 60, 97), (214, 85, 29)), ((214, 30, 14), (205, 90, 72))
"""The first and last color in light and dark mode: hue, saturation, lightness."""
LAST = STEPS - 1
HALF = STEPS // 2


def render(document: dict[str, Any]) -> str:
    """The page for a report."""
    environment = _environment()
    style = environment.get_template("style.css.jinja").render(shades=_shades())
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("page.html.jinja").render(
        report=document,
        left_out=left_out(document),
        style=style,
        style_digest=digest,
        groups=_groups(document),
        counts=_counts(document["clauses"]),
        meanings={row.name: row.meaning for row in statuses.rows().values()},
        parts=PARTS,
        titles={clause["id"]: clause["title"] for clause in document["clauses"]},
        measurements=_measurements(document),
        versioned=[clause for clause in document["clauses"] if clause["versions"]],
        maps={name: heat_map(figure) for name, figure in document["figures"].items()},
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["slug"] = lambda text: text.replace(" ", "-").replace("/", "")
    environment.filters["figure"] = lambda value: (
        value if isinstance(value, str) else f"{value:.5g}"
    )
    return environment


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Each group with its clauses and the number of clauses per status."""
    titles = dict.fromkeys(clause["group"] for clause in document["clauses"])
    found = []
    for title in titles:
        mine = [clause for clause in document["clauses"] if clause["group"] == title]
        found.append({"title": title, "clauses": mine, "counts": _counts(mine)})
    return found


def _counts(clauses: list[dict[str, Any]]) -> dict[str, int]:
    """The number of clauses per status, with those that need attention first."""
    found = [clause["status"] for clause in clauses]
    return {status: found.count(status) for status in statuses.to_look_at() if status in found}


def _measurements(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Measurements by the group whose clauses made them, with single items listed separately."""
    values = document["measurements"]
    found = []
    for group in _groups(document):
        names = [name for clause in group["clauses"] for name in clause["measurements"]]
        unique = list(dict.fromkeys(names))
        if unique:
            plain = {name: values[name] for name in unique if not name.startswith(OF_ONE_ITEM)}
            single = {name: values[name] for name in unique if name.startswith(OF_ONE_ITEM)}
            found.append({"title": group["title"], "plain": plain, "single": single})
    return found


def _shades() -> list[dict[str, str]]:
    """Background and text colors for each step of a heat map, in light and dark mode."""
    return [
        {
            "light": _between(*LIGHT, step),
            "light_text": "#1c2430" if step <= HALF else "#fff",
            "dark": _between(*DARK, step),
            "dark_text": "#e4e9f0" if step <= HALF else "#0b1118",
        }
        for step in range(STEPS)
    ]


def _between(low: tuple[int, ...], high: tuple[int, ...], step: int) -> str:
    hue, saturation, lightness = (
        round(a + (b - a) * step / LAST) for a, b in zip(low, high, strict=True)
    )
    return f"hsl({hue} {saturation}% {lightness}%)"


def heat_map(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a heat map: a name and, per column, a value, its step, and whether it is highest."""
    # NaN and infinities are words in the report.
    numbers = [value for row in figure["values"] for value in row if not isinstance(value, str)]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)

    def step(value: Any) -> int:
        return 0 if isinstance(value, str) else round((value - low) / (high - low or 1) * LAST)

    return [
        {
            "name": name,
            "cells": [
                {
                    "column": column,
                    "value": value if isinstance(value, str) else f"{value:.2f}",
                    "step": step(value),
                    "first": value == _highest(row),
                    "own": index == place,
                }
                for index, (column, value) in enumerate(zip(figure["columns"], row, strict=True))
            ],
        }
        for place, (name, row) in enumerate(zip(figure["rows"], figure["values"], strict=True))
    ]


def _highest(row: list[Any]) -> Any:
    return max((value for value in row if not isinstance(value, str)), default=None)
