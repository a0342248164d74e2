"""A pytest plugin that shows a run on the terminal."""

import pytest

from conformance.report import scoreboard, terminal
from conformance.report.scoreboard import Progress
from conformance.report.terminal import Detail
from conformance.session import Session, clause_of

LINE_PER_TEST = 1
"""The verbosity at which pytest itself prints a line for each test."""


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

    def pytest_report_collectionfinish(self) -> str:
        """Announce the length of the run, unless only the verdict was requested."""
        session = self.session
        told = self.detail is not Detail.VERDICT and session.opened and session.budget.cases
        return session.budget.described() if told else ""

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
        category, letter, word = scoreboard.shown(result)
        if category == "error" and self.detail is not Detail.ALL:
            category = "error of the suite"  # pytest shows the traceback of an "error"
        silent = self.progress is not None or self.detail is Detail.VERDICT
        return (category, "", "") if silent else (category, letter, word)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """End an unfinished line."""
        if self.progress is not None:
            self.progress.end()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the result after pytest's own output."""
        session, report = self.session, self.session.report
        if report is not None:
            judgement = report.judgement
            terminal.write(terminalreporter, judgement, session.settings, self.detail, session.log)
