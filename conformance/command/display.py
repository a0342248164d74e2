"""What a run shows on the terminal, as a pytest plugin beside `Run`."""

import pytest

from conformance.checks.stash import TARGET
from conformance.command.run import Run, clause_of
from conformance.report import scoreboard, terminal
from conformance.report.detail import LINE_PER_TEST, Detail, detail_of, is_command, quieten_pytest
from conformance.report.phase_result import PhaseResult
from conformance.report.scoreboard import Progress


class Display:
    """Progress while the tests run, and the result at the end."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.config = config
        self.run = run
        self.detail = detail_of(config)
        self.progress: Progress | None = None
        quieten_pytest(config)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Have our own progress, where pytest's lines were not asked for and nobody else tests."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        lines = self.config.option.collectonly or self.config.option.verbose >= LINE_PER_TEST
        elsewhere = self.run.worker_input is not None or lines or not is_command(self.config)
        if reporter is not None and not elsewhere and self.detail is not Detail.VERDICT:
            found = (clause_of(item) for item in session.items)
            self.progress = Progress(reporter, [clause for clause in found if clause])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """A test starts."""
        clause = clause_of(item)
        if self.progress is not None and clause is not None:
            self.progress.begin(clause)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test has ended."""
        result = PhaseResult.of(report)
        if self.progress is not None and result is not None:
            self.progress.note(result)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letter and word of a status; neither where the progress is our own."""
        result = PhaseResult.of(report)
        if result is None:
            return None
        category, letter, word = scoreboard.shown(result)
        if category == "error" and self.detail is not Detail.ALL:
            category = "error of the suite"  # pytest shows the traceback of an "error"
        silent = self.progress is not None or self.detail is Detail.VERDICT
        return (category, "", "") if silent else (category, letter, word)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leave no half line."""
        if self.progress is not None:
            self.progress.end()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the result after pytest's own output."""
        if self.run.worker_input is None and TARGET in self.config.stash:
            run = self.run
            terminal.write(terminalreporter, run.judgement, run.settings, self.detail, run.log)
