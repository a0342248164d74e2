"""Collect and print the doctor's observations and the problems found, with causes and remedies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.data import fixture_files
from conformance.data.messages import printable

ADVICE = "doctor.toml"
REPOSITORY = "weaviate/weaviate"
WIDTH = 100
WELL = "no problems found"
NEXT = "; for a verdict, run `clip-conformance URL --model TAG`"


@dataclass(frozen=True)
class Problem:
    """One likely problem."""

    id: str
    text: str
    cause: str
    remedy: str
    weaviate: str = ""
    """Weaviate's error message, verbatim, or one of several per line; empty if there is none."""
    source: str = ""
    """Weaviate's source files that contain that message."""


@dataclass
class Diagnosis:
    """The findings, added step by step; `title` is the thing being examined."""

    title: str
    seen: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, name: str, value: str) -> None:
        """Record an observation, good or bad."""
        self.seen.append((name, value))

    def problem(self, id_: str, **facts: object) -> None:
        """Add a problem from the table of advice, with its placeholders filled in."""
        self.problems.append(advice(id_, facts))


def advice(id_: str, facts: Mapping[str, Any]) -> Problem:
    """The problem with that id in `fixtures/doctor.toml`; raises KeyError if a fact is missing."""
    row = fixture_files.toml(ADVICE)[id_]
    verbatim = ("source", "words")
    texts = {name: text.format(**facts) for name, text in row.items() if name not in verbatim}
    return Problem(
        id_,
        texts["problem"],
        texts["cause"],
        texts["remedy"],
        texts.get("weaviate", ""),
        row.get("source", ""),
    )


def known_error(error: str) -> str:
    """The id of the advice on a well-known error inside a service; empty if it is not known."""
    small = error.lower()
    rows = fixture_files.toml(ADVICE).items()
    return next(
        (id_ for id_, row in rows if any(each in small for each in row.get("words", ()))), ""
    )


def show(console: Console, found: Sequence[Diagnosis], seconds: float) -> None:
    """Print everything; foreign text is made safe for a terminal."""
    for part in found:
        console.print(Text(printable(part.title), style="bold"))
        console.print(_grid(part.seen))
    problems = [problem for part in found for problem in part.problems]
    for problem in problems:
        _show_problem(console, problem)
    count = f"{len(problems)} problem{'s' * (len(problems) != 1)}" if problems else WELL
    style = "bold red" if problems else "green"
    line = f"\n{count} ({seconds:.1f} s){'' if problems else NEXT}"
    console.print(Text(line, style=style), soft_wrap=True)


def _grid(rows: Sequence[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(f"  {printable(name)}", Text(printable(value)))
    return grid


def _show_problem(console: Console, problem: Problem) -> None:
    console.print(Text(f"\n{printable(problem.text)}", style="bold red"), soft_wrap=True)
    console.print(_grid([("cause", problem.cause), ("remedy", problem.remedy)]))
    if problem.weaviate:
        # Each on one line, so that users can search for it in a log.
        said = Text("  Weaviate says: " + printable(problem.weaviate.replace("\n", "\n  or: ")))
        said.append(f"\n  ({REPOSITORY} {problem.source})", style="dim")
        console.print(said, soft_wrap=True)
