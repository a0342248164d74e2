"""``clip-conformance models``: the table of tags, with dimensions, languages and errata."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from conformance.data import models
from conformance.data.models import Model
from conformance.options.command_parser import CommandParser

WIDTH = 110
LISTED = {"page": "page", "build": "build", "user": "yours"}
NOTE = """\
listed: in the documentation page; in the vendor's build alone; in your own file (--models FILE).
docs/models.md has the source of each figure."""


def main(arguments: Sequence[str]) -> int:
    """Print the table; a file that cannot be read is one line and status 4."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        rows = list(models.load(options.models).values())
    except (ValueError, OSError) as problem:
        parser.error(str(problem))
    console = Console(width=WIDTH, highlight=False)
    console.print(_table(rows))
    for row in rows:
        if row.erratum:
            console.print(_erratum(row), soft_wrap=True)
    console.print(NOTE, style="dim", soft_wrap=True)
    return 0


def _table(rows: Sequence[Model]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("tag", "dimension", "image", "tokens", "languages", "listed"):
        # A tag is there to be copied: never cut.
        table.add_column(name, no_wrap=True, overflow="fold")
    for row in rows:
        table.add_row(
            row.tag,
            _dimension(row),
            _or_unknown(row.image_size, " px"),
            _or_unknown(row.text_tokens),
            _languages(row),
            LISTED[row.listed],
        )
    return table


def _dimension(row: Model) -> str:
    if row.erratum:
        return f"{row.checkpoint_dimension}; page {row.documented_dimension}"
    return _or_unknown(row.checkpoint_dimension or row.documented_dimension)


def _or_unknown(value: int | None, unit: str = "") -> str:
    return "unknown" if value is None else f"{value}{unit}"


def _languages(row: Model) -> str:
    if not row.languages:
        return "unknown"
    return row.languages[0] if len(row.languages) == 1 else str(len(row.languages))


def _erratum(row: Model) -> str:
    return (
        f"erratum: {row.tag} has {row.checkpoint_dimension} dimensions, not the documentation "
        f"page's {row.documented_dimension}; either passes unless --dimension-policy says which"
    )


def _parser() -> ArgumentParser:
    parser = CommandParser(
        "clip-conformance models",
        description="List the models that the suite knows.",
        allow_abbrev=False,
    )
    help_ = "TOML file with rows of your own models"
    parser.add_argument("--models", metavar="FILE", type=Path, help=help_)
    return parser
