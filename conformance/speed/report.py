"""Show a measurement as a terminal table, Markdown, JSON, and a plot."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from rich.console import JustifyMethod
from rich.table import Table

from conformance.speed.measurement import Cell, Figures

COLUMNS = ("kind", "callers", "endpoint", "requests/s", "median ms", "p99 ms", "failures", "ratio")
NUMBERS = COLUMNS.index("requests/s")
"""Index of the first numeric column."""

RATIO = "ratio: requests/s of {first} divided by this row's; measured alternately in one run"

BAR, GAP, LABEL, SCALE = 18, 14, 170, 360
"""Pixels: height of a bar, space between cells, width for names, length of the longest bar."""

COLORS = ("#2563eb", "#9ca3af", "#d97706", "#059669", "#b91c1c", "#7c3aed")


def rows(cell: Cell) -> list[tuple[str, ...]]:
    """A row for each endpoint, in the order of `COLUMNS`."""
    made = []
    for place, figures in enumerate(cell.figures):
        ratio = cell.ratio(place)
        shown = "" if ratio is None else f"{ratio:.2f}"
        made.append((cell.kind, str(cell.callers), *_row(figures), shown))
    return made


def _row(figures: Figures) -> tuple[str, ...]:
    failures, rate = f"{figures.failures} of {figures.requests}", figures.requests_per_second
    times = (_milliseconds(figures.median), _milliseconds(figures.p99))
    return (figures.name, f"{rate:.{1 if rate >= 10 else 2}f}", *times, failures)


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f}"


def table(cells: Sequence[Cell], title: str = "Requests as Weaviate sends them") -> Table:
    """A table for the terminal."""
    made = Table(title=title, caption=_caption(cells), box=None, padding=(0, 2, 0, 0))
    for number, name in enumerate(COLUMNS):
        heading = name.replace(" ", "\n").replace("/", "\n/")
        justify: JustifyMethod = "right" if number >= NUMBERS else "left"
        made.add_column(heading, justify=justify, overflow="fold", no_wrap=name != "endpoint")
    for cell in cells:
        made.add_row()
        for row in rows(cell):
            made.add_row(*row)
    return made


def _caption(cells: Sequence[Cell]) -> str | None:
    several = cells and len(cells[0].figures) > 1
    return RATIO.format(first=cells[0].figures[0].name) if several else None


def markdown(cells: Sequence[Cell], title: str) -> str:
    """The table as Markdown, for a documentation page."""
    loads = sorted(cell.load for cell in cells)
    lines = [f"## {title}", "", f"{this_machine().line()}."]
    if loads:
        lines[-1] += f" Load average before each cell: {loads[0]:.1f} to {loads[-1]:.1f}."
    if caption := _caption(cells):
        lines += ["", f"{caption[0].upper()}{caption[1:]}."]
    rule = ["---:" if number >= NUMBERS else "---" for number in range(len(COLUMNS))]
    lines += ["", *map(_line, [COLUMNS, rule, *(row for cell in cells for row in rows(cell))])]
    return "\n".join(lines) + "\n"


def _line(row: Sequence[str]) -> str:
    return "| " + " | ".join(value.replace("|", "\\|") for value in row) + " |"


def write(cells: Sequence[Cell], folder: Path, title: str = "Benchmark") -> None:
    """`benchmark.json`, `benchmark.md`, and `benchmark.svg` in `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "title": title,
        "machine": asdict(this_machine()),
        "cells": [cell.document() for cell in cells],
    }
    (folder / "benchmark.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    plot = "\n![requests per second](benchmark.svg)\n"
    (folder / "benchmark.md").write_text(markdown(cells, title) + plot, encoding="utf-8")
    (folder / "benchmark.svg").write_text(svg(cells), encoding="utf-8")


def svg(cells: Sequence[Cell]) -> str:
    """A bar for each endpoint and cell: its requests per second relative to the cell's best."""
    parts: list[str] = []
    y = GAP
    for cell in cells:
        best = max(figures.requests_per_second for figures in cell.figures) or 1
        for place, figures in enumerate(cell.figures):
            parts.append(_bar(cell, figures, figures.requests_per_second / best, y, place))
            y += BAR
        y += GAP
    names = [figures.name for figures in cells[0].figures] if cells else []
    legend = "".join(
        f'<text x="{LABEL}" y="{y + BAR * (place + 1)}" fill="{_color(place)}">'
        f"{escape(name)}</text>"
        for place, name in enumerate(names)
    )
    size = f'width="{LABEL + SCALE + 120}" height="{y + (len(names) + 1) * BAR}"'
    style = 'font-family="sans-serif" font-size="12"'
    ground = '<rect width="100%" height="100%" fill="white"/>'
    drawn = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{ground}{drawn}{legend}</svg>\n'


def _color(place: int) -> str:
    return COLORS[place % len(COLORS)]


def _bar(cell: Cell, figures: Figures, part: float, y: int, place: int) -> str:
    text = y + BAR - 5
    name = f"{cell.kind}, {cell.callers} callers" if place == 0 else ""
    return (
        f'<text x="4" y="{text}">{name}</text>'
        f'<rect x="{LABEL}" y="{y}" width="{part * SCALE:.0f}" height="{BAR - 2}"'
        f' fill="{_color(place)}"/>'
        f'<text x="{LABEL + SCALE + 6}" y="{text}">{figures.requests_per_second:.1f}/s</text>'
    )


@dataclass(frozen=True)
class Machine:
    """The facts about a machine that put the figures in context."""

    processor: str
    cores: int
    memory_gib: float
    system: str

    def line(self) -> str:
        """A description in one line."""
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gib:.0f} GiB of memory, "
            f"{self.system}"
        )


def this_machine() -> Machine:
    """The machine on which this runs; endpoints may run elsewhere."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(_processor(), cores or 1, round(memory, 1), platform.platform(terse=True))


def _processor() -> str:
    """The name in /proc/cpuinfo, if available: platform.processor() is empty on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
