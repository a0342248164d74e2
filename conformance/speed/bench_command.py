"""``clip-conformance bench``: measure how fast endpoints respond to Weaviate-style requests."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from conformance.options import endpoint_url, shared
from conformance.options.shared import Seconds
from conformance.speed import report
from conformance.speed.load import KINDS, TIMEOUT, Kind, drive
from conformance.speed.measurement import Cell, Drive, measure
from conformance.transport.endpoint import opened
from conformance.transport.exchange import without_password
from conformance.transport.readiness import preflight

CALLERS = "1,4,8,32"
MOST_CALLERS = 1024
SECONDS = 10.0


@dataclass(frozen=True)
class Plan:
    """What to measure: every kind of request with every number of callers, for `seconds` each."""

    kinds: Sequence[Kind]
    callers: Sequence[int]
    seconds: float = SECONDS


def kinds(text: str) -> tuple[Kind, ...]:
    """Kinds of requests from `text,image`; raises click.BadParameter."""
    chosen = tuple(kind for kind in KINDS if kind in text.split(","))
    if len(chosen) != len(text.split(",")):
        raise click.BadParameter(f"{text}: expected one or more of {', '.join(KINDS)}")
    return chosen


def callers(text: str) -> tuple[int, ...]:
    """Numbers of callers from `1,4,8`; raises click.BadParameter."""
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise click.BadParameter(f"{text}: must be numbers, separated by commas")
    numbers = tuple(int(part[:9]) for part in parts)
    if not all(1 <= number <= MOST_CALLERS for number in numbers):
        raise click.BadParameter(f"{text}: must be numbers from 1 to {MOST_CALLERS}")
    return numbers


@click.command(context_settings={"max_content_width": 100})
@click.argument("url")
@click.option(
    "--beside",
    metavar="URL",
    multiple=True,
    help="another endpoint, measured alternately with the first; may be repeated",
)
@click.option(
    "--kinds",
    type=kinds,
    default=",".join(KINDS),
    show_default=True,
    help="kinds of requests to send: text, image, or both",
)
@click.option(
    "--callers",
    type=callers,
    default=CALLERS,
    show_default=True,
    help="numbers of parallel requests",
)
@click.option(
    "--seconds",
    type=Seconds(0.1, 3600),
    default=SECONDS,
    show_default=True,
    help="duration for each endpoint, kind, and number of callers",
)
@click.option(
    "--report",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="directory for a table, JSON, and a plot",
)
@shared.wait
@shared.access_to("url", "beside")
def command(
    url: str,
    beside: tuple[str, ...],
    kinds: Sequence[Kind],
    callers: Sequence[int],
    seconds: float,
    folder: Path | None,
    wait: float,
) -> int:
    """Measure how fast the endpoint at URL answers Weaviate's requests, or compare several.

    Exit status: 0 if no requests failed, 1 if some did, 4 for an invalid option or if an endpoint
    is not ready.
    """
    urls = [each.rstrip("/") for each in (url, *beside)]
    check(urls, wait)
    drives = {name: partial(drive, each) for name, each in _named(urls).items()}
    cells = run(drives, Plan(kinds, callers, seconds), folder)
    Console().print(report.table(cells))
    return int(any(figures.failures for cell in cells for figures in cell.figures))


def check(urls: Sequence[str], wait: float) -> None:
    """Wait until each is ready; raises UserError or click.UsageError if one is not an endpoint."""
    for problem in filter(None, map(endpoint_url.problem, urls)):
        raise click.UsageError(problem)
    for url in urls:
        with opened(url, TIMEOUT) as endpoint:
            preflight(endpoint, wait, lambda: True)


def run(
    drives: Mapping[str, Drive], plan: Plan, folder: Path | None, title: str = "Benchmark"
) -> list[Cell]:
    """Measure `plan`, writing to `folder` after each cell, so that a run can be interrupted."""
    cells: list[Cell] = []
    todo = list(itertools.product(plan.kinds, plan.callers))
    for number, (kind, callers) in enumerate(todo, start=1):
        many = "1 caller" if callers == 1 else f"{callers} callers"
        click.echo(f"{number} of {len(todo)}: {kind}, {many}", err=True)
        cells.append(measure(drives, kind, callers, plan.seconds))
        if folder:
            report.write(cells, folder, title)
    return cells


def _named(urls: Sequence[str]) -> dict[str, str]:
    """Each URL by its name in the table; the same URL twice shows the noise."""
    named: dict[str, str] = {}
    for place, url in enumerate(urls, start=1):
        name = without_password(url)
        named[f"{name} ({place})" if name in named else name] = url
    return named
