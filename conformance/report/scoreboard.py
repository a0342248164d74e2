"""The scoreboard: a row a group of clauses, a column a status."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from conformance.data import clauses, status_meanings
from conformance.expect.statuses import Status
from conformance.report.clause_result import ClauseResult
from conformance.report.phase_result import PhaseResult

# pytest's category, its letter and its word; statuses that pytest knows keep pytest's own.
SHOWN: dict[Status, tuple[str, str, str]] = {
    "pass": ("passed", ".", "PASS"),
    "warn": ("warn", "w", "WARN"),
    # Not pytest's own "failed": each failure would be shown once more, test by test.
    "fail": ("fail", "F", "FAIL"),
    "error": ("error", "E", "ERROR"),
    "skipped": ("skipped", "s", "SKIPPED"),
    "disabled": ("disabled", "d", "DISABLED"),
    "not judged": ("not judged", "-", "NOT JUDGED"),
    "not run": ("not run", "N", "NOT RUN"),
    "known": ("known", "k", "KNOWN"),
    "n/a": ("n/a", "n", "N/A"),
}
STYLE: dict[str, str] = {
    "pass": "green",
    "warn": "yellow",
    "fail": "bold red",
    "error": "bold magenta",
    "not judged": "magenta",
    "not run": "magenta",
    "known": "yellow",
    "conformant": "bold green",
    "known failures": "bold yellow",
    "partial": "bold yellow",
    "incomplete": "bold magenta",
    "not conformant": "bold red",
}
ORDER: tuple[Status, ...] = (
    "pass",
    "warn",
    "fail",
    "error",
    "not judged",
    "not run",
    "skipped",
    "disabled",
    "known",
    "n/a",
)

EXPLAINED: frozenset[Status] = frozenset({"not judged", "not run", "skipped", "disabled", "n/a"})


def shown(report: PhaseResult) -> tuple[str, str, str]:
    """What pytest prints for one phase of a test; a phase that says nothing prints nothing."""
    if report.when != "call" and report.status == "pass":
        return "", "", ""
    return SHOWN[report.status]


def table(results: Sequence[ClauseResult]) -> Table:
    """The scoreboard."""
    present = [s for s in ORDER if any(result.status == s for result in results)]
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("clauses")
    for status in present:
        table.add_column(status, justify="right")
    for group in clauses.groups():
        mine = [result for result in results if result.clause.group == group]
        table.add_row(f"{group.id}  {group.title}", *_cells(mine, present))
    table.add_row("all", *_cells(results, present), style="bold")
    return table


def legend(every: Sequence[ClauseResult]) -> Text:
    """What those columns say whose heads do not say it."""
    present = {result.status for result in every}
    told = [f"{s}: {m}" for s, m in status_meanings.meanings().items() if s in present & EXPLAINED]
    return Text("; ".join(told), style="dim")


def _cells(results: Sequence[ClauseResult], present: Sequence[Status]) -> list[Text]:
    counts = Counter(result.status for result in results)
    return [
        Text(str(counts[status]), STYLE.get(status, "dim")) if counts[status] else Text("·", "dim")
        for status in present
    ]
