"""report.html: the report as a page of one file, with the similarities as a heat map.

Everything comes from an untrusted endpoint: jinja2 escapes all of it, and the page has no script.
"""

from pathlib import Path
from typing import Any

import jinja2

TEMPLATE = Path(__file__).parent / "report.html.jinja"
ORDER = ("fail", "error", "warn", "not judged", "not run", "pass", "skipped", "disabled", "n/a")
# From pale to dark blue; text on the darker half is white.
PALE, DARK = (247, 250, 255), (8, 64, 140)


def render(document: dict[str, Any]) -> str:
    """The page for the object that report.json holds."""
    # The parts that only some runs have are templates of their own, beside it.
    loader = jinja2.FileSystemLoader(TEMPLATE.parent)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template(TEMPLATE.name)
    groups: dict[str, list[dict[str, Any]]] = {}
    for clause in document["clauses"]:
        groups.setdefault(clause["group"], []).append(clause)
    maps = {name: _cells(figure) for name, figure in document["figures"].items()}
    return template.render(report=document, groups=groups, maps=maps, order=ORDER)


def _cells(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a heat map: a name and, for each column, a value, its colour and whether it leads."""
    values = [value for row in figure["values"] for value in row]
    low, high = min(values), max(values)
    return [
        {
            "name": name,
            "cells": [
                {
                    "column": column,
                    "value": value,
                    "first": value == max(row),
                    "own": index == place,
                    "background": _colour((value - low) / ((high - low) or 1)),
                    "pale": (value - low) / ((high - low) or 1) < 0.5,
                }
                for index, (column, value) in enumerate(zip(figure["columns"], row, strict=True))
            ],
        }
        for place, (name, row) in enumerate(zip(figure["rows"], figure["values"], strict=True))
    ]


def _colour(share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(PALE, DARK, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
