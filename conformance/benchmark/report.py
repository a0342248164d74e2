"""The measurement as a table, as JSON and as a plot."""

import json
import platform
from collections.abc import Sequence
from html import escape
from pathlib import Path

from rich.table import Table

from conformance.benchmark.cells import Cell, Figures

BAR, GAP, LABEL, SCALE = 18, 14, 170, 360
"""Pixels: height of a bar, space between cells, room for names, length of the longest bar."""

COLOURS = ("#2563eb", "#9ca3af")


def table(cells: Sequence[Cell]) -> Table:
    """One row an endpoint and cell."""
    made = Table(title="Requests as Weaviate sends them")
    for name in ("kind", "callers", "endpoint"):
        made.add_column(name)
    for name in ("requests/s", "median ms", "p99 ms", "failures", "ratio"):
        made.add_column(name, justify="right")
    for cell in cells:
        for place, figures in enumerate(cell.figures):
            ratio = f"{cell.ratio:.2f}" if cell.ratio is not None and place == 0 else ""
            made.add_row(cell.kind, str(cell.callers), *_row(figures), ratio)
        made.add_section()
    return made


def _row(figures: Figures) -> tuple[str, ...]:
    failures = f"{figures.failures} of {figures.requests}"
    times = (_milliseconds(figures.median), _milliseconds(figures.p99))
    return (figures.url, f"{figures.requests_per_second:.1f}", *times, failures)


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f}"


def write(cells: Sequence[Cell], folder: Path) -> None:
    """`benchmark.json` and `benchmark.svg` in `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = {"processor": platform.processor() or platform.machine(), "system": platform.system()}
    document = {"machine": machine, "cells": [cell.document() for cell in cells]}
    (folder / "benchmark.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    (folder / "benchmark.svg").write_text(svg(cells), encoding="utf-8")


def svg(cells: Sequence[Cell]) -> str:
    """A bar an endpoint and cell: its requests a second, beside the cell's best."""
    parts: list[str] = []
    y = GAP
    for cell in cells:
        best = max(figures.requests_per_second for figures in cell.figures) or 1
        for place, figures in enumerate(cell.figures):
            parts.append(_bar(cell, figures, figures.requests_per_second / best, y, place))
            y += BAR
        y += GAP
    legend = "".join(
        f'<text x="{LABEL}" y="{y + BAR * (place + 1)}" fill="{COLOURS[place]}">'
        f"{escape(figures.url)}</text>"
        for place, figures in enumerate(cells[0].figures if cells else ())
    )
    size = f'width="{LABEL + SCALE + 120}" height="{y + 3 * BAR}"'
    style = 'font-family="sans-serif" font-size="12"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{"".join(parts)}{legend}</svg>\n'
    )


def _bar(cell: Cell, figures: Figures, part: float, y: int, place: int) -> str:
    text = y + BAR - 5
    name = f"{cell.kind}, {cell.callers} callers" if place == 0 else ""
    return (
        f'<text x="4" y="{text}">{name}</text>'
        f'<rect x="{LABEL}" y="{y}" width="{part * SCALE:.0f}" height="{BAR - 2}"'
        f' fill="{COLOURS[place]}"/>'
        f'<text x="{LABEL + SCALE + 6}" y="{text}">{figures.requests_per_second:.1f}/s</text>'
    )
