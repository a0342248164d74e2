"""The clause groups on the terminal: progress during the run, and the final scoreboard."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pytest
from rich.table import Table
from rich.text import Text

from conformance.data import clauses, statuses
from conformance.data.statuses import Status
from conformance.report.results import ClauseResult, PhaseResult

QUIET: tuple[Status, ...] = ("pass",)
"""Statuses that the progress line does not count: the remaining tests have them."""
BAR = 20
"""Width of the progress bar in characters."""


def shown(report: PhaseResult) -> tuple[str, str, str]:
    """The category, letter and word that pytest prints for one phase of a test.

    A phase that does not count prints nothing. pytest's own "failed" is avoided, because pytest
    would show each such test again.
    """
    if report.when != "call" and report.status == "pass":
        return "", "", ""
    category = "passed" if report.status == "pass" else report.status
    return category, statuses.rows()[report.status].letter, report.status.upper()


def table(every: Sequence[ClauseResult]) -> Table:
    """The scoreboard: a row for each group of clauses that ran, a column for each status."""
    results = of_the_run(every)
    present = [s for s in statuses.columns() if any(result.status == s for result in results)]
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("clauses")
    for status in present:
        table.add_column(status, justify="right")
    groups = list(dict.fromkeys(result.clause.group for result in results))
    for group in groups:
        mine = [result for result in results if result.clause.group == group]
        table.add_row(f"{group.id}  {group.title}", *_cells(mine, present))
    if len(groups) > 1:
        table.add_row("all", *_cells(results, present), style="bold")
    return table


def legend(every: Sequence[ClauseResult]) -> Text:
    """Explanations of the columns whose titles are not self-explanatory."""
    present = {result.status for result in of_the_run(every)}
    rows = [row for row in statuses.rows().values() if row.explained and row.name in present]
    return Text("; ".join(f"{row.name}: {row.meaning}" for row in rows), style="dim")


def of_the_run(every: Sequence[ClauseResult]) -> list[ClauseResult]:
    """All clauses, or only those of the groups that ran if the user chose a part."""
    chosen = any(result.status == "skipped" and not result.tests for result in every)
    touched = {result.clause.group for result in every if result.tests}
    if not (chosen and touched):
        return list(every)
    return [result for result in every if result.clause.group in touched]


def _cells(results: Sequence[ClauseResult], present: Sequence[Status]) -> list[Text]:
    counts = Counter(result.status for result in results)
    return [
        Text(str(counts[each]), statuses.rows()[each].style) if counts[each] else Text("·", "dim")
        for each in present
    ]


class Progress:
    """The progress of a run: a moving line in a terminal, or a line per group in a log."""

    def __init__(self, reporter: pytest.TerminalReporter, named: Iterable[str]) -> None:
        """`named` has the clause of every test that will run."""
        self.reporter = reporter
        self.groups = {clause.id: clause.group for clause in clauses.all_clauses().values()}
        self.totals = Counter(self.groups[clause].id for clause in named)
        self.statuses: dict[str, Counter[Status]] = {name: Counter() for name in self.totals}
        self.begun: dict[str, float] = {}
        self.seconds: defaultdict[str, float] = defaultdict(float)
        """Seconds by group, whose tests need not run consecutively."""
        self.live = bool(reporter.isatty)

    def begin(self, clause: str) -> None:
        """A test of this clause starts."""
        group = self.groups[clause].id
        self.begun[group] = time.perf_counter()
        if self.live:
            self._show(group)

    def note(self, result: PhaseResult) -> None:
        """A phase of a test has ended."""
        group = self.groups[result.clause].id
        if result.when == "call" or (result.when == "setup" and result.status != "pass"):
            self.statuses[group][result.status] += 1
            self.seconds[group] += time.perf_counter() - self.begun[group]
            if not self.live and self.statuses[group].total() == self.totals[group]:
                self.reporter.write_line(self._line(group))

    def end(self) -> None:
        """Clear the moving line."""
        if self.live:
            self.reporter.rewrite("", erase=True)
            self.reporter.write("\r")

    def _show(self, group: str) -> None:
        done = sum(counts.total() for counts in self.statuses.values())
        total = self.totals.total()
        filled = BAR * done // (total or 1)
        line = f"{'━' * filled}{'─' * (BAR - filled)} {done}/{total}  {self._line(group)}"
        self.reporter.rewrite(line[: self.reporter._tw.fullwidth - 1], erase=True)

    def _line(self, group: str) -> str:
        title = next(each.title for each in self.groups.values() if each.id == group)
        counts, total = self.statuses[group], self.totals[group]
        amount = f"{total} tests" if counts.total() == total else f"{counts.total()}/{total}"
        told = [f"{count} {status}" for status, count in counts.items() if status not in QUIET]
        head = f"{group}  {title:<18} {amount:>9} {self.seconds[group]:6.1f} s"
        return f"{head}   {', '.join(told)}".rstrip()
