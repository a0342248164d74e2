"""From pytest's report of one test to the status of its clause, and the text that is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.data.clauses import Clause
from conformance.expect import statuses
from conformance.expect.statuses import Nonconformity, Status
from conformance.options.settings import Settings
from conformance.report import files
from conformance.transport.exchange import Exchange

SHOWN_EXCHANGES = 2

Measure = Callable[[str, float | str], None]
Figure = dict[str, Any]
"""An image's data: ``rows`` and ``columns`` (names) and ``values`` (one list a row)."""


@dataclass(frozen=True)
class PhaseResult:
    """The result of one phase of one test."""

    test: str
    clause: str
    status: Status
    message: str = ""
    when: str = "call"
    waited: float = 0.0
    """Seconds that went into exchanges with the endpoint."""
    measurements: dict[str, float | str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether this phase says anything: set-up and tear-down do when they go wrong."""
        return self.when == "call" or self.status != "pass"

    @staticmethod
    def of(report: pytest.TestReport) -> "PhaseResult | None":
        """What `classify` put into `report`; None for a test of somebody else."""
        plain = getattr(report, "clip", None)
        return PhaseResult(**plain) if plain is not None else None


def classify(
    report: pytest.TestReport,
    call: pytest.CallInfo[None],
    clause: Clause,
    settings: Settings,
    item: pytest.Item,
    waited: float,
) -> None:
    """Decide the status and put it, with its text, into `report` (which may cross processes)."""
    status, message = _status(report, call, clause, settings)
    if status in ("fail", "warn"):
        assert call.excinfo is not None
        message = _text(clause, call.excinfo.value, settings.report, item)
        report.longrepr = message
    if status == "warn":
        # pytest knows no fourth outcome: a skip neither fails the run nor hides in JUnit's passes.
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, f"warn: {message}")
    report.__dict__["clip"] = {
        "test": item.nodeid.rpartition("checks/")[2],
        "clause": clause.id,
        "status": status,
        "message": message,
        "when": report.when,
        "waited": waited,
        "measurements": dict(getattr(item, "clip_measurements", {})),
        "figures": dict(getattr(item, "clip_figures", {})),
    }


def _status(
    report: pytest.TestReport, call: pytest.CallInfo[None], clause: Clause, settings: Settings
) -> tuple[Status, str]:
    if report.passed:
        return "pass", ""
    if report.skipped:
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        return statuses.status_from_skip(reason.removeprefix("Skipped: "))
    problem = call.excinfo.value if call.excinfo is not None else None
    if isinstance(problem, Nonconformity) and report.when != "teardown":
        must = clause.level == "MUST" or (settings.strict and clause.level == "SHOULD")
        return ("fail" if must else "warn"), ""
    return "error", printable(f"{type(problem).__name__}: {problem}")


def _text(clause: Clause, problem: BaseException, folder: Path | None, item: pytest.Item) -> str:
    assert isinstance(problem, Nonconformity)
    lines = [
        f"{clause.id} ({clause.level}): {clause.title}",
        f"  got:      {problem.got}",
        f"  expected: {problem.expected}",
        f"  why:      {clause.reason}",
    ]
    lines += [f"  repeat:   {_repeat(e, folder, item, n)}" for n, e in _shown(problem)]
    return printable("\n".join(lines))


def _shown(problem: Nonconformity) -> list[tuple[int, Exchange]]:
    return list(enumerate(problem.exchanges[:SHOWN_EXCHANGES], 1))


def _repeat(exchange: Exchange, folder: Path | None, item: pytest.Item, number: int) -> str:
    if folder is None:
        return exchange.curl()
    return exchange.curl(files.keep(exchange, folder, item.name, number))


def printable(text: str) -> str:
    """The text with every control character but line feeds escaped: endpoints are untrusted."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
