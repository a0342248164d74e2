"""Where a run is: a line that moves in a terminal; elsewhere, as in CI, a line a finished group."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from conformance.data import clauses
from conformance.expect.statuses import Status
from conformance.report.phase_result import PhaseResult

QUIET: tuple[Status, ...] = ("pass",)
BAR = 20


class Progress:
    """Counts the tests of each group and writes when there is something new."""

    def __init__(self, reporter: pytest.TerminalReporter, named: Iterable[str]) -> None:
        """`named` has the clause of every test that is to be run."""
        self.reporter = reporter
        self.groups = {clause.id: clause.group for clause in clauses.all_clauses().values()}
        self.totals = Counter(self.groups[clause].id for clause in named)
        self.statuses: dict[str, Counter[Status]] = {name: Counter() for name in self.totals}
        self.begun: dict[str, float] = {}
        self.seconds: defaultdict[str, float] = defaultdict(float)
        """Of each group: the groups take turns."""
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
