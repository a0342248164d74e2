"""A run of the suite: its settings, endpoint, client, budget, and results.

A `Session` is the pytest plugin of that run. The checks use it through their fixtures. Every phase
of a test becomes a `PhaseResult`. At the end, the results become a `Judgment`, and finally a
`Report`.
"""

import logging
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from conformance.corpus import image_files
from conformance.data import clauses
from conformance.data.clauses import Clause
from conformance.data.messages import MissingLibrary, UserError, printable
from conformance.data.statuses import Ended, Status, not_applicable, not_judged
from conformance.expect import comparisons, responses
from conformance.expect.aftermath import Aftermath
from conformance.expect.budget import Budget
from conformance.expect.comparisons import Precision
from conformance.expect.nonconformity import Nonconformity
from conformance.expect.responses import Figure
from conformance.options.settings import BadOption, Given, Settings
from conformance.options.table import COMMAND_LINE
from conformance.report import document, known_failures
from conformance.report.provenance import Provenance, command_line
from conformance.report.results import (
    CASES_LEFT_OUT,
    PhaseResult,
    Problem,
    Recorder,
    text,
)
from conformance.report.sanitizer import sanitizer_of
from conformance.report.verdict import Judgment, Report, judge, not_asked_for
from conformance.target import OpenTarget, open_target
from conformance.transport.client import Client, Stopwatch
from conformance.transport.endpoint import Endpoint, Items
from conformance.transport.pace import TooMuch
from conformance.weaviate.server import server_at
from conformance.weaviate.server_selection import select_server

PACKAGE = Path(__file__).parent
CHECKS = PACKAGE / "checks"
NARROWING = ("keyword", "markexpr", "lf", "stepwise", "deselect", "ignore", "ignore_glob")
"""Options of pytest that exclude tests."""
ONE_PROCESS = "the checks run sequentially in one process: pytest-xdist's -n is not supported"


@dataclass
class Notes:
    """Observations of the running test, in addition to its result."""

    measurements: dict[str, float | str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)


class Session:
    """The hooks and shared objects of one run."""

    NAME = "clip-conformance-session"
    """The name of this plugin in pytest."""

    def __init__(
        self,
        settings: Settings,
        words: Sequence[str] = (),
        pytest_line: Sequence[str] | None = None,
    ) -> None:
        """`words` are passed to pytest; `pytest_line` has its arguments if it was called directly.

        Raises a UserError if a setting cannot be used.
        """
        self.__name__ = self.NAME
        self.settings = settings
        self.chosen = settings.chosen_clauses()
        self.known = known_failures.given(settings.known_failures, settings.model.tag)
        server = select_server(settings.weaviate)
        if server.kind == "url":
            server_at(server.where, settings.weaviate_grpc)  # Raises UserError if it is invalid.
        elif useless := _only_for_weaviate_urls(settings.given):
            raise BadOption(f"--{useless} requires --weaviate URL")
        self.sanitizer = sanitizer_of(settings)
        self.recorder = Recorder(self.sanitizer, str(settings.report or ""))
        line = command_line(settings.given, self.sanitizer, words, pytest_line)
        self.provenance = Provenance(datetime.now(UTC), line)
        self.started = time.perf_counter()
        self.opened: OpenTarget | None = None
        self.stopwatch = Stopwatch()
        self.notes = Notes()
        self.results: dict[tuple[str, str | None], PhaseResult] = {}
        self.report: Report | None = None
        self.log: list[str] = []
        """The end of the log of the container under test."""
        self._counted_seconds = 0.0
        self._began = time.monotonic()
        self._closed = False
        self._narrowed = bool(self.chosen)
        self.uncollected = False
        """Whether pytest could not collect some of the checks."""

    # Objects that are created when they are first needed.

    @cached_property
    def client(self) -> Client:
        """The client of the endpoint under test, with limits on time and size."""
        assert self.opened is not None
        client = Client(self.opened.target.url, self.settings.endpoint_timeout)
        client.listeners.append(self.stopwatch.heard)
        return client

    @cached_property
    def aftermath(self) -> Aftermath:
        """Checks that the endpoint still works after a rejected or unanswered request."""
        assert self.opened is not None
        watch = Aftermath(Endpoint(self.client), self.opened.target.preflight.first)
        watch.start()
        self.client.listeners.append(watch.heard)
        return watch

    @cached_property
    def precision(self) -> Precision:
        """How precise the endpoint's vectors are."""
        texts = Items([f"a photo of {number} dogs" for number in range(2, 9)])
        images = Items((), [image_files.small_png(number) for number in range(7)])
        return Precision(Endpoint(self.client), (texts, images), self.aftermath.note)

    @cached_property
    def budget(self) -> Budget:
        """The time budget of this run."""
        seconds = None if self.settings.slow else self.settings.budget * 60
        assert self.opened is not None
        meta = self.opened.target.preflight.meta.seconds
        return Budget(self.client.pace, seconds, self._began, meta)

    # The run.

    def open(self) -> None:
        """Start the endpoint if necessary, and wait until it is ready; raises a UserError."""
        if self.opened is not None:
            return
        if self.settings.report is not None:
            try:
                self.settings.report.mkdir(parents=True, exist_ok=True)
            except OSError as problem:
                raise BadOption(f"--report: {problem}") from None
        if self.settings.compare_with:
            from conformance.comparison.compare_command import parse  # Rarely needed.

            # Read the baseline, such as a recording, before anything is started.
            parse(self.settings.compare_with, self.settings.weaviate)
        self.settings, self.opened = open_target(self.settings)
        if image := self.opened.target.image:
            tag = self.settings.model.tag
            self.known = known_failures.with_image(self.known, tag, image["names"])
        seen = self.opened.target.preflight
        self._began = time.monotonic() - seen.first.seconds - seen.meta.seconds

    def close(self) -> None:
        """Stop what was started; may be called again."""
        if self._closed or self.opened is None:
            return
        self._closed = True
        if "client" in vars(self):
            self.client.close()
        self.log = [self.sanitizer.text(printable(line)) for line in self.opened.log()]
        self.opened.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Prepare the report's directory, and have pytest write its JUnit file there."""
        config.addinivalue_line("markers", "clause(id): the clause of the contract that it checks")
        # At level INFO, every line would show the URL with its password.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        if getattr(config.option, "numprocesses", None) or hasattr(config, "workerinput"):
            raise pytest.UsageError(ONE_PROCESS)
        if self.settings.report is not None and not config.option.xmlpath:
            config.option.xmlpath = str(self.settings.report / "junit.xml")
        if not config.pluginmanager.has_plugin("terminalreporter"):
            config.option.tbstyle = "native"  # The cheapest style, since no traceback is shown.
        left_out = any(getattr(config.option, name, None) for name in NARROWING)
        whole = all(map(_is_whole_suite, config.args)) and not left_out
        self._narrowed = self._narrowed or not whole

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Open the endpoint, or end the run with one line."""
        if not session.config.option.collectonly:
            try:
                self.open()
            except UserError as problem:
                raise pytest.UsageError(str(problem)) from None

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Ignore files of checks that contain none of the chosen clauses."""
        if not self.chosen or collection_path.parent not in (CHECKS, CHECKS / "weaviate"):
            return None
        if not collection_path.name.startswith("test_"):
            return None
        source = collection_path.read_text(encoding="utf-8")
        return None if any(f'"{clause}"' in source for clause in self.chosen) else True

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, report: pytest.TestReport | pytest.CollectReport
    ) -> None:
        """Note checks that pytest cannot collect, which is an error in the suite."""
        if isinstance(report, pytest.CollectReport) and node.path.is_relative_to(CHECKS):
            self.uncollected = True

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the tests of the chosen clauses."""
        left_out = [each for each in items if self.chosen and clause_of(each) not in self.chosen]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
        if self.opened is not None:
            self._plan(items)

    def _plan(self, items: list[pytest.Item]) -> None:
        """Move the cases for which time may run out to the end."""
        self.aftermath  # noqa: B018 - the first items show what they cost
        comparisons.precision.set(self.precision)
        responses.dimension.set(responses.Dimension(self.client.url, self.aftermath.note))
        off = not_asked_for(self.settings)
        mine = ((test_of(each), clause_of(each)) for each in items)
        every = clauses.all_clauses()
        cases = [(t, c) for t, c in mine if c and every[c].group.profile not in off]
        self.budget.plan(cases)
        if self.budget.is_tight:
            items.sort(key=lambda each: self.budget.place((test_of(each), clause_of(each) or "")))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Leave out a case for which no time remains, as if it had not been collected."""
        if clause_of(item) is None or self.budget.has_time(test_of(item)):
            return None
        item.session._setupstate.teardown_exact(nextitem)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin a check, or end it if it cannot be judged."""
        clause = clause_of(item)
        if clause is None:
            return
        self.notes = Notes()
        self.aftermath.begin(item.name, clause)
        self.budget.begin(test_of(item))
        if why := self.aftermath.reason_to_stop():
            item.session.shouldstop = why
            not_judged(why)
        found = clauses.all_clauses()[clause]
        if not clauses.applies(found, self.settings.for_weaviate):
            not_applicable(f"applies {clauses.described_versions(found)}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Assign a status to a phase of a check."""
        report = yield
        clause = clause_of(item)
        if clause is not None:
            result = self._result(report, call, clauses.all_clauses()[clause], item)
            self.results[report.nodeid, report.when] = result
            if report.when == "teardown" and self.aftermath.gone:
                item.session.shouldstop = self.aftermath.gone
        return report

    def result_of(self, report: pytest.TestReport) -> PhaseResult | None:
        """The result for pytest's report of a phase; None for other projects' tests."""
        return self.results.get((report.nodeid, report.when))

    def _result(
        self,
        report: pytest.TestReport,
        call: pytest.CallInfo[None],
        clause: Clause,
        item: pytest.Item,
    ) -> PhaseResult:
        test = test_of(item)
        raised = call.excinfo.value if call.excinfo is not None else None
        problems: list[Problem] = []
        if report.when == "teardown":
            seen = self.aftermath.taken()
            problems += [self.recorder.problem(each, clause.id, test) for each in seen]
        if isinstance(raised, Nonconformity):
            raised = self.aftermath.explained(raised)
            problems.append(self.recorder.problem(raised, clause.id, test))
            status, message = self._judged(problems[-1], clause)
        else:
            status, message = self._unjudged(report, raised)
        _shape(report, item, status, message)
        return PhaseResult(
            test=test,
            clause=clause.id,
            status=status,
            message=message,
            when=str(report.when),
            endpoint_seconds=self._endpoint_seconds(),
            problems=tuple(problems),
            measurements=self.notes.measurements,
            figures=self.notes.figures,
        )

    def _judged(self, problem: Problem, clause: Clause) -> tuple[Status, str]:
        if problem.prerequisite:
            return "not judged", f"not judged: {problem.got} (see {problem.clause})"
        must = clause.level == "MUST" or (self.settings.strict and clause.level == "SHOULD")
        return ("fail" if must else "warn"), text(problem, clause)

    def _unjudged(
        self, report: pytest.TestReport, raised: BaseException | None
    ) -> tuple[Status, str]:
        if isinstance(raised, TooMuch):
            return "n/a", str(raised)
        if isinstance(raised, MissingLibrary):
            return "not run", str(raised)
        if isinstance(raised, Ended):
            return raised.status, self.sanitizer.text(printable(str(raised)))
        if report.passed:
            return "pass", ""
        if report.skipped:
            return "skipped", printable(getattr(raised, "msg", None) or str(raised or ""))
        return "error", self.sanitizer.text(printable(f"{type(raised).__name__}: {raised}"))

    def _endpoint_seconds(self) -> float:
        """Seconds spent on exchanges since the last call."""
        total = self.client.endpoint_seconds if "client" in vars(self) else 0.0
        since, self._counted_seconds = total - self._counted_seconds, total
        return since

    def pytest_keyboard_interrupt(self) -> None:
        """Send nothing more, since the check of the endpoint would wait for its responses."""
        if "client" in vars(self):
            self.client.listeners.clear()

    def _interrupted(self, items: Sequence[pytest.Item]) -> None:
        """Keep a clause from passing if only some of its cases ran before the interrupt."""
        off = not_asked_for(self.settings)
        for item in items:
            clause = clause_of(item)
            if clause is None or clauses.all_clauses()[clause].group.profile in off:
                continue
            if self.budget.is_spare(test_of(item)):
                continue
            if (item.nodeid, "teardown") not in self.results:
                unrun = PhaseResult(test_of(item), clause, "not run", "interrupted")
                self.results[item.nodeid, "call"] = unrun

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Stop the endpoint, determine the verdict, and write the report."""
        self.close()
        ended = session.shouldstop or self.uncollected
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not ended
        if interrupted:
            self._interrupted(session.items)
        if self.opened is None:
            return
        seconds = time.perf_counter() - self.started
        judgment = judge(
            list(self.results.values()),
            self.settings,
            self._narrowed,
            seconds,
            self.known,
            interrupted=interrupted,
            uncollected=self.uncollected,
        )
        measured = {**judgment.measurements, **self._pace_told()}
        judgment = replace(judgment, measurements=measured)
        judged = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if judged or judgment.failed or self.uncollected:
            session.exitstatus = judgment.exit_status
        self.report = self._report(judgment, int(session.exitstatus))
        if self.settings.report is not None:
            from conformance.report import files  # Imported here, since it loads the templates.

            files.write(self.settings.report, self.report.document, self._bodies())
        if self.settings.write_known_failures is not None and judged:
            known_failures.write(self.settings.write_known_failures, judgment.results, self.known)

    def _pace_told(self) -> dict[str, float | str]:
        """The measured costs of items, and any reduced requests, for the report."""
        if not self.results or "client" not in vars(self):
            return {}
        pace = self.client.pace
        costs = {"text": pace.text, "image": pace.image, "megapixel": pace.megapixel}
        told: dict[str, float | str] = {
            f"seconds per {kind}": round(cost, 4) for kind, cost in costs.items()
        }
        if self.budget.left_out:
            told[CASES_LEFT_OUT] = self.budget.left_out
        return told | {f"sent by {about}": what for about, what in pace.taken.items()}

    def _report(self, judgment: Judgment, exit_status: int) -> Report:
        assert self.opened is not None
        target = self.opened.target
        if target.image is not None:
            target = replace(target, image={**target.image, "log": self.log})
        samples = self.stopwatch.samples
        made = document.build(
            self.settings,
            target,
            judgment,
            self.provenance,
            self.sanitizer,
            samples,
            exit_status,
        )
        by_id = {result.clause.id: result for result in judgment.results}
        return Report(
            judgment.verdict,
            judgment.findings,
            by_id,
            exit_status,
            made,
            judgment,
            self.settings.report,
        )

    def _bodies(self) -> dict[str, bytes]:
        """The bodies of failed requests by their path in the report's directory."""
        problems = [problem for result in self.results.values() for problem in result.problems]
        return {path: body for problem in problems for path, body in problem.bodies}


def _only_for_weaviate_urls(given: Mapping[str, Given]) -> str:
    """An option that has no effect without the URL of a Weaviate server; empty if there is none.

    A --weaviate on the command line overrides those from elsewhere.
    """
    typed = "weaviate" in given and given["weaviate"].origin == COMMAND_LINE
    names = ("weaviate-grpc", "endpoint-for-weaviate")
    found = (n for n in names if n in given and (given[n].origin == COMMAND_LINE or not typed))
    return next(found, "")


def clause_of(item: pytest.Item) -> str | None:
    """The clause that a check names; None for other projects' tests."""
    if not item.path.is_relative_to(CHECKS):
        return None
    marker = item.get_closest_marker("clause")
    return marker.args[0] if marker is not None else None


def test_of(item: pytest.Item) -> str:
    """A check's id, without the common directory."""
    return item.nodeid.rpartition("checks/")[2]


def _is_whole_suite(argument: str) -> bool:
    """Whether an argument for pytest names the whole suite: the package, or its `checks`."""
    if argument in ("conformance", "conformance.checks"):
        return True
    return "::" not in argument and Path(argument).resolve() in (PACKAGE, CHECKS)


def _shape(report: pytest.TestReport, item: pytest.Item, status: Status, message: str) -> None:
    """Set the outcome that pytest's own plugins (JUnit, -x, --lf) see for the phase.

    pytest knows three outcomes: anything that neither passes nor fails the run is a skip.
    """
    if status == "pass":
        return
    report.outcome = "failed" if status in ("fail", "error") else "skipped"
    shown = message if status in ("fail", "not judged", "error") else f"{status}: {message}"
    report.longrepr = shown if report.failed else (str(item.path), 0, shown)
