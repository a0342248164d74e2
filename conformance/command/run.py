"""One run of the suite, as a pytest plugin: the endpoint, the results, the verdict.

With pytest-xdist the controlling process opens the endpoint and judges; workers only test.
"""

import logging
import signal
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from conformance.checks.stash import CLIENT, SETTINGS, STOPWATCH, TARGET
from conformance.command import parsing
from conformance.command.target import open_target
from conformance.data import clauses
from conformance.options.settings import BadOption, Settings
from conformance.report import document, files, known_failures
from conformance.report.known_failures import BadKnownFailures, KnownFailures
from conformance.report.phase_result import PhaseResult, classify
from conformance.report.provenance import Provenance
from conformance.report.request_bodies import printable
from conformance.report.sanitizer import Sanitizer, sanitizer_of
from conformance.report.verdict import Judgement, judge
from conformance.transport.client import Sample, Stopwatch
from conformance.transport.endpoint import Target
from conformance.transport.readiness import Unusable


class Run:
    """The hooks of one run."""

    def __init__(self, config: pytest.Config, settings: Settings, known: KnownFailures) -> None:
        self.config = config
        self.settings = settings
        self.known = known
        self.reports: list[PhaseResult] = []
        self.started = time.perf_counter()
        self.sanitizer = sanitizer_of(settings)
        arguments = config.invocation_params.args
        self.provenance = Provenance.begin(arguments, self.sanitizer, settings.given)
        self.stop_target: Callable[[], None] = lambda: None
        self.target_log: Callable[[], list[str]] = list
        self.log: list[str] = []
        self.endpoint_seconds = 0.0
        self.latencies: list[Sample] = []
        config.stash[SETTINGS] = settings
        config.stash[STOPWATCH] = Stopwatch()
        # At its level INFO every line shows the URL with its password.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        config.addinivalue_line("markers", "clause(id): the clause of the contract that it checks")

    @staticmethod
    def from_config(config: pytest.Config) -> "Run":
        """The run that the options ask for; a bad option is pytest's usage error."""
        known = KnownFailures()
        try:
            settings = parsing.parse_settings(config)
            if settings.known_failures is not None:
                known = known_failures.read(settings.known_failures)
        except (BadOption, BadKnownFailures) as problem:
            raise pytest.UsageError(str(problem)) from None
        if settings.report is not None:
            try:
                files.prepare(config, settings.report)
            except OSError as problem:
                raise pytest.UsageError(f"--report: {problem}") from None
        return Run(config, settings, known)

    @property
    def worker_input(self) -> dict[str, Any] | None:
        """What the controlling process sent, in a worker of pytest-xdist."""
        return getattr(self.config, "workerinput", None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Open the endpoint, or end the run with one line."""
        if self.worker_input is not None:
            self.config.stash[TARGET] = Target.from_plain(self.worker_input["clip_target"])
            return
        if self.config.option.collectonly:
            return
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            opened = open_target(self.settings)
        except Unusable as problem:
            raise pytest.UsageError(printable(str(problem))) from None
        self.config.stash[TARGET] = opened.target
        self.stop_target, self.target_log = opened.stop, opened.log

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist where the endpoint is."""
        node.workerinput["clip_target"] = self.config.stash[TARGET].to_plain()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the clauses of ``--clip-clause`` and ``--clip-group``."""
        asked = self.config.option
        wanted = parsing.chosen_clauses(asked.clip_clause, asked.clip_group)
        if wanted:
            left_out = [item for item in items if clause_of(item) not in wanted]
            self.config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give a report of ours its clause and status."""
        report = yield
        clause = clause_of(item)
        if clause is not None:
            spent = self._endpoint_seconds_since()
            classify(report, call, clauses.all_clauses()[clause], self.settings, item, spent)
            _sanitize(report, self.sanitizer)
            report.__dict__["clip_latencies"] = self.config.stash[STOPWATCH].taken()
        return report

    def _endpoint_seconds_since(self) -> float:
        """Seconds that went into exchanges since this was last asked."""
        client = self.config.stash.get(CLIENT, None)
        total = client.endpoint_seconds if client is not None else 0.0
        since, self.endpoint_seconds = total - self.endpoint_seconds, total
        return since

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a report of ours, in the process that judges."""
        kept = PhaseResult.of(report)
        if kept is not None and self.worker_input is None:
            self.reports.append(kept)
            self.latencies += map(tuple, getattr(report, "clip_latencies", ()))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge, write the report, stop the endpoint."""
        self.log = [self.sanitizer.text(printable(line)) for line in self.target_log()]
        self.stop_target()
        if self.worker_input is not None or TARGET not in self.config.stash:
            return
        self.judgement = self._judge()
        judged = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if judged or self.judgement.failed:
            session.exitstatus = self.judgement.exit_status
        if self.settings.report is not None:
            files.write(self.settings.report, self._document())
        if self.settings.write_known_failures is not None and judged:
            known_failures.write(
                self.settings.write_known_failures, self.judgement.results, self.known
            )

    def _document(self) -> dict[str, Any]:
        target = self.config.stash[TARGET]
        if target.image is not None:
            target = replace(target, image={**target.image, "log": self.log})
        return document.build(
            self.settings,
            target,
            self.judgement,
            self.provenance,
            self.sanitizer,
            self.latencies,
        )

    def _judge(self) -> Judgement:
        seconds = time.perf_counter() - self.started
        narrowed = parsing.narrowed(self.config)
        return judge(self.reports, self.settings, narrowed, seconds, self.known)


def clause_of(item: pytest.Item) -> str | None:
    """The clause that a test names; None for a test of somebody else."""
    marker = item.get_closest_marker("clause")
    return marker.args[0] if marker is not None else None


def _sanitize(report: pytest.TestReport, sanitizer: Sanitizer) -> None:
    """Whatever comes of the report (terminal, JUnit, files) is made from what stands in it."""
    report.__dict__["clip"] = sanitizer.plain(report.__dict__["clip"])
    if isinstance(report.longrepr, str | tuple):
        report.longrepr = sanitizer.plain(report.longrepr)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # The way of Ctrl-C: every fixture is finished, every process that was started is stopped.
    raise KeyboardInterrupt
