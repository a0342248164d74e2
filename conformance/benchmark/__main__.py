"""``python -m conformance.benchmark URL``: how fast an endpoint answers what Weaviate sends."""

import argparse
import itertools
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console

from conformance.benchmark import report
from conformance.benchmark.cells import Cell, Drive, measure
from conformance.benchmark.connection import TIMEOUT
from conformance.benchmark.load import KINDS, Kind, drive
from conformance.transport.exchange import without_password

CALLERS = (1, 4, 8, 32)
SECONDS = 10.0


def main(arguments: Sequence[str]) -> int:
    """Measure and show. 0, or 1 if requests failed; 4 if an endpoint is not ready."""
    asked = _parser().parse_args(arguments)
    urls = [url.rstrip("/") for url in (asked.url, *asked.beside)]
    for url in urls:
        if problem := _problem(url):
            print(f"clip-conformance bench: {without_password(url)}: {problem}", file=sys.stderr)
            return 4
    drives = {name: partial(drive, url) for name, url in _named(urls).items()}
    cells = run(drives, asked, asked.report)
    Console().print(report.table(cells))
    return int(any(figures.failures for cell in cells for figures in cell.figures))


def _named(urls: Sequence[str]) -> dict[str, str]:
    """Each by its name in the table: an endpoint beside itself shows how much is noise."""
    named: dict[str, str] = {}
    for place, url in enumerate(urls, start=1):
        name = without_password(url)
        named[f"{name} ({place})" if name in named else name] = url
    return named


def run(
    drives: Mapping[str, Drive],
    asked: argparse.Namespace,
    folder: Path | None,
    title: str = "Benchmark",
) -> list[Cell]:
    """Every cell that was asked for, written to `folder` as they come: a run may be cut short."""
    cells: list[Cell] = []
    todo = list(itertools.product(asked.kinds, asked.callers))
    for number, (kind, callers) in enumerate(todo, start=1):
        print(f"{number} of {len(todo)}: {kind}, {callers} callers", file=sys.stderr, flush=True)
        cells.append(measure(drives, kind, callers, asked.seconds))
        if folder:
            report.write(cells, folder, title)
    return cells


def _problem(url: str) -> str | None:
    """Why `url` cannot be measured."""
    try:
        status = httpx.get(f"{url}/.well-known/ready", timeout=TIMEOUT, trust_env=False).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"cannot be reached ({type(error).__name__}: {error})"
    return None if status < 300 else f"is not ready (status {status})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="clip-conformance bench", description=__doc__)
    parser.add_argument("url", help="the endpoint")
    parser.add_argument(
        "--beside",
        metavar="URL",
        action="append",
        default=[],
        help="another one, in turns with the first; may be repeated",
    )
    add_cells(parser)
    return parser


def add_cells(parser: argparse.ArgumentParser) -> None:
    """What is measured, and where it is written."""
    parser.add_argument(
        "--kinds", type=_kinds, default=KINDS, help="of text,image,both; default all"
    )
    parser.add_argument("--callers", type=_numbers, default=CALLERS, help="default 1,4,8,32")
    parser.add_argument(
        "--seconds", type=_seconds, default=SECONDS, help="an endpoint and cell; default 10"
    )
    parser.add_argument(
        "--report", type=Path, metavar="DIR", help="table, JSON and plot are written there"
    )


def _kinds(text: str) -> tuple[Kind, ...]:
    chosen = tuple(kind for kind in KINDS if kind in text.split(","))
    if len(chosen) != len(text.split(",")):
        raise argparse.ArgumentTypeError(f"{text}: must be of {', '.join(KINDS)}")
    return chosen


def _numbers(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 1024 for part in parts):
        raise argparse.ArgumentTypeError(f"{text}: must be numbers from 1 to 1024")
    return tuple(int(part) for part in parts)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text}: must be from 0.1 to 3600")
    return seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
