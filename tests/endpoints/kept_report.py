"""The findings behind a report that was kept, by the attribution of today."""

from collections.abc import Iterator
from typing import Any

from conformance.data import attribution
from conformance.report import findings
from conformance.report.results import PhaseResult, Problem


def primary(report: dict[str, Any]) -> list[str]:
    """The clauses of the primary findings, worst first."""
    return [found.problem.clause for found in findings.find(list(results(report))).findings]


def results(report: dict[str, Any]) -> Iterator[PhaseResult]:
    """The tests' results, as far as it takes them to find the causes."""
    for clause in report["clauses"]:
        for test in clause["tests"]:
            problems = [problem(clause["id"], test, cause) for cause in test["causes"]]
            yield PhaseResult(test["id"], clause["id"], test["status"], problems=tuple(problems))


def problem(clause: str, test: dict[str, Any], cause: dict[str, Any]) -> Problem:
    """One thing that a test of `clause` met, under the clause that it belongs to today."""
    kind, items, signature = cause["kind"], cause["items"], cause["signature"]
    on_the_way = cause["prerequisite"] and (
        test["status"] == "not judged" or kind in findings.FACTS
    )
    if on_the_way:
        home = attribution.clause_of_prerequisite(kind, items, signature, clause)
    else:
        home = attribution.clause_of_cause(kind, clause)
    met_elsewhere = on_the_way or home != clause
    return Problem(home, test["id"], "", "", kind, items, signature, met_elsewhere)
