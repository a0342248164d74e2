"""What the doctor shows: what was seen, then each problem with its cause and remedy."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.data.messages import printable
from conformance.doctor.diagnosis import REPOSITORY, Diagnosis, Problem

WIDTH = 100
WELL = "nothing wrong was seen; `clip-conformance URL --model TAG` tests what this does not"


def show(console: Console, found: Sequence[Diagnosis], seconds: float) -> None:
    """Print everything; foreign texts are made harmless to a terminal."""
    for part in found:
        console.print(Text(printable(part.title), style="bold"))
        console.print(_grid(part.seen))
    problems = [problem for part in found for problem in part.problems]
    for problem in problems:
        _show_problem(console, problem)
    count = f"{len(problems)} problem{'s' * (len(problems) != 1)}" if problems else WELL
    style = "bold red" if problems else "green"
    console.print(Text(f"\n{count} ({seconds:.1f} s)", style=style), soft_wrap=True)


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
        # In one piece, to be found again in a log.
        said = Text(f"  Weaviate says: {printable(problem.weaviate)}")
        said.append(f"\n  ({REPOSITORY} {problem.source})", style="dim")
        console.print(said, soft_wrap=True)
