"""Run the suite against one of the endpoints, in this process, and return its findings."""

import gc
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from conformance import run
from conformance.transport.readiness import Unusable
from tests.endpoints import registry
from tests.endpoints.registry import PREFLIGHT, Entry
from tests.endpoints.server import serve

FOUND = ("fail", "warn")


@dataclass(frozen=True)
class Outcome:
    """The suite's results for one endpoint."""

    name: str
    is_fault: bool
    """Whether the endpoint is tested as a fault; some names denote both a fault and a legal
    endpoint."""
    verdict: str
    """The report's verdict, or the line that says why there is no report."""
    statuses: dict[str, str] = field(default_factory=dict)
    """Status of every clause by its id; empty without a report."""
    messages: dict[str, str] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    """The clauses of the primary findings, worst first."""
    seconds: float = 0

    @property
    def entry(self) -> Entry:
        return (registry.faults() if self.is_fault else registry.legals())[self.name]

    @property
    def found(self) -> list[str]:
        return [clause for clause, status in self.statuses.items() if status in FOUND]

    @property
    def broken(self) -> list[str]:
        """The MUST clauses that failed, and errors of the suite's own."""
        return [clause for clause, status in self.statuses.items() if status in ("fail", "error")]

    @property
    def first_fits(self) -> bool:
        """Whether the first finding is a clause that the endpoint's author named."""
        return bool(self.findings) and self.findings[0] in self.entry.caught_by

    @property
    def caught(self) -> bool:
        """Whether a clause that describes the fault found it, or the run ended at the start and
        said why."""
        refused = PREFLIGHT in self.entry.caught_by and not self.statuses
        return refused or any(clause in self.found for clause in self.entry.caught_by)

    @property
    def accepted(self) -> bool:
        """Whether the run ended with the verdict "conformant", and without a failed MUST clause."""
        return self.verdict == "conformant" and not self.broken

    @property
    def right(self) -> bool:
        """Whether a fault was caught, or a legal endpoint accepted."""
        return self.caught if self.is_fault else self.accepted


def judge_by_its_clauses(entry: Entry) -> Outcome:
    """Test a fault with its first clause, up to the first failure; if that misses it, with all its
    clauses."""
    if "whole" in entry.needs:
        return judge(entry)
    named = [clause for clause in entry.caught_by if clause != PREFLIGHT]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTEST_ADDOPTS", "--exitfirst")
        outcome = judge(entry, clause=named[:1], strict=True)
    return outcome if outcome.caught else judge(entry, clause=named)


def judge(entry: Entry, **options: Any) -> Outcome:
    """Serves the endpoint and runs the suite against it; `options` are those of `run`."""
    quicken()
    started = time.perf_counter()
    asked = {"weights": entry.weights, "weaviate": "off", **entry.options}
    with serve(entry.build(), entry.host) as url:
        try:
            report = run(url, model=entry.model, **(asked | options)).document
        except Unusable as refused:
            return Outcome(entry.name, entry.is_fault, str(refused))
    return of_report(entry, report, time.perf_counter() - started)


@cache
def quicken() -> None:
    """Exclude imported objects from garbage collection, which pytest triggers often."""
    gc.collect()
    gc.freeze()


def of_report(entry: Entry, report: dict[str, Any], seconds: float) -> Outcome:
    clauses = {clause["id"]: clause for clause in report["clauses"]}
    return Outcome(
        entry.name,
        entry.is_fault,
        report["verdict"],
        statuses={clause: str(found["status"]) for clause, found in clauses.items()},
        messages={
            clause: next((test["message"] for test in found["tests"] if test["message"]), "")
            for clause, found in clauses.items()
        },
        findings=[finding["clause"] for finding in report["findings"]],
        seconds=seconds,
    )
