"""A pytest plugin that shows a run in the terminal: its progress, then the result."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from conformance.data import clauses, statuses
from conformance.data.statuses import Status
from conformance.report import terminal
from conformance.report.results import PhaseResult
from conformance.report.terminal import Detail
from conformance.session import Session, clause_of

LINE_PER_TEST = 1
"""The verbosity at which pytest itself prints a line for each test."""
QUIET: tuple[Status, ...] = ("pass",)
"""Statuses that the progress line does not count."""
BAR = 20
"""Width of the progress bar in characters."""
SILENCE = 60.0
"""Seconds after which a log gets a line, even if no group is complete."""


class Display:
    """Progress while the tests run, and the result at the end."""

    def __init__(self, session: Session, by_command: bool) -> None:
        """`by_command` is true for the console command, and false for pytest with the plugin."""
        self.session = session
        self.by_command = by_command
        self.detail = Detail.SCREEN
        self.progress: Progress | None = None
        self._lines = False
        """Whether pytest writes a line for each test."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Suppress pytest's summary, unless a line for each test was requested."""
        asked = config.option.verbose
        self.detail = Detail.VERDICT if asked < 0 else Detail.ALL if asked > 0 else Detail.SCREEN
        self._lines = config.option.collectonly or asked >= LINE_PER_TEST
        if self.by_command and not self._lines:
            config.option.verbose = -2
            # weaviate-client's sign-in library warns about httpx regardless of any filter.
            config.option.disable_warnings = True

    def pytest_report_collectionfinish(self) -> list[str]:
        """Announce the length of the run, unless only the verdict was requested."""
        session = self.session
        told = self.detail is not Detail.VERDICT and session.opened and session.budget.cases
        return [session.budget.described(), *self._other_weights()] if told else []

    def _other_weights(self) -> list[str]:
        opened, expected = self.session.opened, self.session.settings.weights
        if opened is None or expected != "published" or not opened.target.says_stand_in:
            return []
        return ["The endpoint's /meta says that it serves a stand-in: add --weights stand-in."]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Show our own progress, unless pytest's lines were requested."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        quiet = self._lines or not self.by_command or self.detail is Detail.VERDICT
        if reporter is not None and not quiet:
            found = (clause_of(item) for item in session.items)
            self.progress = Progress(reporter, [clause for clause in found if clause])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Show the clause of the test that starts."""
        clause = clause_of(item)
        if self.progress is not None and clause is not None:
            self.progress.begin(clause)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show the result of the phase that ended."""
        result = self.session.result_of(report)
        if self.progress is not None and result is not None:
            self.progress.note(result)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letter and word of a status; neither if our own progress is shown."""
        result = self.session.result_of(report)
        if result is None:
            return None
        category, letter, word = shown(result)
        if category == "error" and self.detail is not Detail.ALL:
            category = "error in the suite"  # pytest shows the traceback of an "error"
        silent = self.progress is not None or self.detail is Detail.VERDICT
        return (category, "", "") if silent else (category, letter, word)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End an unfinished line, and shorten pytest's message about an interrupted run."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        memo = getattr(reporter, "_keyboardinterrupt_memo", None)
        if self.by_command and memo is not None and not self.session.uncollected:
            memo.reprcrash.message = "interrupted"  # pytest would name a line of code.
        if self.progress is not None:
            self.progress.end()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the result after pytest's own output."""
        session, report = self.session, self.session.report
        if report is not None:
            judgment = report.judgment
            terminal.write(terminalreporter, judgment, session.settings, self.detail, session.log)
            for line in self._other_weights() if judgment.exit_status else ():
                terminalreporter.write_line(line)


def shown(report: PhaseResult) -> tuple[str, str, str]:
    """The category, letter, and word that pytest prints for one phase of a test.

    A phase that does not count prints nothing. pytest's own "failed" is avoided, because pytest
    would show each such test again.
    """
    if report.when != "call" and report.status == "pass":
        return "", "", ""
    category = "passed" if report.status == "pass" else report.status
    return category, statuses.rows()[report.status].letter, report.status.upper()


class Progress:
    """The progress of a run: a moving line in a terminal, or a line per group in a log.

    A run that is short of time does not complete one group after another, so a log also gets a line
    per minute.
    """

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
        self.written = time.perf_counter()

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
            complete = self.statuses[group].total() == self.totals[group]
            if not self.live and (complete or time.perf_counter() - self.written > SILENCE):
                self.reporter.write_line(self._line(group))
                self.written = time.perf_counter()

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
