"""From pytest's report of one phase of a test to a status, and what went wrong in it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.checks.stash import EVIDENCE
from conformance.data.clauses import Clause
from conformance.expect import statuses
from conformance.expect.nonconformity import Nonconformity
from conformance.expect.observations import Figure
from conformance.expect.statuses import Status
from conformance.options.settings import Settings
from conformance.report.problem import Problem, problem_of
from conformance.report.request_bodies import printable


@dataclass(frozen=True)
class PhaseResult:
    """The result of one phase (set-up, call, tear-down) of one test."""

    test: str
    clause: str
    status: Status
    message: str = ""
    when: str = "call"
    endpoint_seconds: float = 0.0
    """Seconds that went into exchanges with the endpoint."""
    problems: tuple[Problem, ...] = ()
    """What went wrong, and what was seen to be wrong with the endpoint meanwhile."""
    measurements: dict[str, float | str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)

    @property
    def is_relevant(self) -> bool:
        """Whether this phase says anything: set-up and tear-down do when they go wrong."""
        return self.when == "call" or self.status != "pass"

    @staticmethod
    def of(report: pytest.TestReport) -> "PhaseResult | None":
        """What `classify` put into `report`; None for a test of somebody else."""
        plain = getattr(report, "clip", None)
        if plain is None:
            return None
        problems = tuple(map(Problem.from_plain, plain["problems"]))
        return PhaseResult(**{**plain, "problems": problems})


def classify(
    report: pytest.TestReport,
    call: pytest.CallInfo[None],
    clause: Clause,
    settings: Settings,
    item: pytest.Item,
    endpoint_seconds: float,
) -> None:
    """Decide the status and put it, with what went wrong, into `report`."""
    test = item.nodeid.rpartition("checks/")[2]
    raised = call.excinfo.value if call.excinfo is not None else None
    problems = _evidence(item, clause, test, settings.report) if report.when == "teardown" else []
    if isinstance(raised, Nonconformity) and report.when != "teardown":
        problems.append(problem_of(raised, clause.id, test, settings.report))
        status, message = _judged(problems[-1], clause, settings)
        _show(report, item, status, message)
    else:
        status, message = _unjudged(report, raised)
    report.__dict__["clip"] = {
        "test": test,
        "clause": clause.id,
        "status": status,
        "message": message,
        "when": report.when,
        "endpoint_seconds": endpoint_seconds,
        "problems": [problem.to_plain() for problem in problems],
        "measurements": dict(getattr(item, "clip_measurements", {})),
        "figures": dict(getattr(item, "clip_figures", {})),
    }


def _evidence(item: pytest.Item, clause: Clause, test: str, folder: Path | None) -> list[Problem]:
    seen = item.stash.get(EVIDENCE, [])
    return [
        problem_of(each, clause.id, test, folder)
        for each in seen
        if isinstance(each, Nonconformity)
    ]


def _judged(problem: Problem, clause: Clause, settings: Settings) -> tuple[Status, str]:
    if problem.prerequisite:
        return "not judged", f"not judged: {problem.got} (see {problem.clause})"
    must = clause.level == "MUST" or (settings.strict and clause.level == "SHOULD")
    return ("fail" if must else "warn"), text(problem, clause)


def _show(report: pytest.TestReport, item: pytest.Item, status: Status, message: str) -> None:
    report.longrepr = message
    if status != "fail":
        # pytest knows no such outcome: a skip neither fails the run nor hides in JUnit's passes.
        report.outcome = "skipped"
        shown = message if status == "not judged" else f"{status}: {message}"
        report.longrepr = (str(item.path), 0, shown)


def _unjudged(report: pytest.TestReport, raised: BaseException | None) -> tuple[Status, str]:
    if report.passed:
        return "pass", ""
    if report.skipped:
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        return statuses.status_from_skip(reason.removeprefix("Skipped: "))
    return "error", printable(f"{type(raised).__name__}: {raised}")


def text(problem: Problem, clause: Clause) -> str:
    """A failure for people: what was got, what should be, why it matters, how to see it again."""
    lines = [
        f"{clause.id} ({clause.level}): {clause.title}",
        f"  got:      {problem.got}",
        f"  expected: {problem.expected}",
        f"  why:      {clause.reason}",
    ]
    return "\n".join([*lines, *(f"  repeat:   {line}" for line in problem.repeat)])
