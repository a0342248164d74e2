"""``clip-conformance list``: every clause of the contract, by group, with its level."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import get_args

from rich.console import Console
from rich.text import Text

from conformance.data import clauses
from conformance.data.clauses import Clause, Group, Level, UnknownName
from conformance.options.command_parser import CommandParser

STYLE: dict[Level, str] = {"MUST": "bold", "SHOULD": "default", "MAY": "dim"}


def main(arguments: Sequence[str]) -> int:
    """Print the clauses; a name that does not exist is one line and status 4."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        chosen = [clauses.find_group(name) for name in options.group or ()] or clauses.groups()
    except UnknownName as problem:
        parser.error(str(problem))
    console = Console(highlight=False, soft_wrap=True)
    for group in chosen:
        _print(console, group, options.level)
    console.print("clip-conformance explain ID says what a clause asks for, and why.", style="dim")
    return 0


def _print(console: Console, group: Group, level: Level | None) -> None:
    mine = [
        clause
        for clause in clauses.all_clauses().values()
        if clause.group == group and level in (None, clause.level)
    ]
    if mine:
        console.print(f"{group.id}  {group.title}", style="bold")
    for clause in mine:
        console.print(_line(clause))
    if mine:
        console.print()


def _line(clause: Clause) -> Text:
    line = Text(f"  {clause.id}  ")
    line.append(f"{clause.level:6}  ", style=STYLE[clause.level])
    return line.append(clause.title)


def _parser() -> ArgumentParser:
    parser = CommandParser(
        "clip-conformance list", description="List the clauses of the contract.", allow_abbrev=False
    )
    help_ = "only this group, by id (IMG) or title (images); may be repeated"
    parser.add_argument("--group", metavar="NAME", action="append", help=help_)
    parser.add_argument("--level", choices=get_args(Level), help="only clauses of this level")
    return parser
