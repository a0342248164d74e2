"""``clip-conformance explain ID``: what a clause asks for, why, and how it is tested."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from conformance.command import check_sources
from conformance.data import clauses, faults, weaviate_versions
from conformance.data.clauses import Clause, UnknownName
from conformance.options.command_parser import CommandParser

WIDTH = 100


def main(arguments: Sequence[str]) -> int:
    """Print the clauses of these ids; one that does not exist is one line and status 4."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        chosen = [clauses.find(name) for name in options.ids]
    except UnknownName as problem:
        parser.error(str(problem))
    console = Console(width=WIDTH, highlight=False)
    for clause in chosen:
        _print(console, clause)
    return 0


def _print(console: Console, clause: Clause) -> None:
    console.print(Text(f"{clause.id} ({clause.level}): {clause.title}", style="bold"))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in _facts(clause):
        grid.add_row(f"  {label}:", Text(words))
    console.print(grid)
    for check in check_sources.of_clause(clause.id):
        console.print(Text(f"\ntested in {check.place}", style="dim"))
        console.print(Syntax(check.source, "python", background_color="default"))
    console.print()


def _facts(clause: Clause) -> Iterator[tuple[str, str]]:
    yield "asks", clause.text
    yield "why", clause.reason
    yield "source", clause.source
    yield "group", f"{clause.group.id} {clause.group.title}, profile {clause.group.profile}"
    if versions := weaviate_versions.described(clause):
        yield "Weaviate", versions
    for fault in faults.found_by(clause.id):
        yield "catches", f"{fault.name}: {fault.summary}"


def _parser() -> ArgumentParser:
    parser = CommandParser(
        "clip-conformance explain",
        description="Say what a clause asks for, why, from which source, and how it is tested.",
        allow_abbrev=False,
    )
    parser.add_argument("ids", metavar="ID", nargs="+", help="a clause, such as VEC-01")
    return parser
