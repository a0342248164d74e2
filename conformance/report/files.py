"""What ``--report DIR`` writes: report.json and .html, junit.xml, bodies of failed requests."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.options.settings import Settings
from conformance.report import html
from conformance.transport.exchange import without_password
from conformance.transport.target import Target

if TYPE_CHECKING:
    from conformance.report.findings import Finding
    from conformance.report.verdict import ClauseResult, Judgement

DISTRIBUTION = "multi2vec-clip-conformance"


def prepare(config: pytest.Config, folder: Path) -> None:
    """Make the folder, and have pytest write its JUnit file there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not config.option.xmlpath:
        config.option.xmlpath = str(folder / "junit.xml")


def write(settings: Settings, target: Target, judgement: "Judgement") -> None:
    """Write report.json, and report.html made from it."""
    assert settings.report is not None
    document = {
        "suite": {"version": version(DISTRIBUTION)},
        "target": {
            "url": without_password(target.url),
            "started_by_the_suite": target.started_here,
            "weights": settings.weights,
            "dimension_policy": settings.dimension_policy,
            "dimensions": settings.dimensions,
        },
        "model": settings.model.tag,
        "verdict": judgement.verdict,
        "profiles": {name: {"verdict": value} for name, value in judgement.profiles.items()},
        "counts": judgement.status_counts(),
        "seconds": round(judgement.seconds, 3),
        "seconds_waiting_for_the_endpoint": round(judgement.endpoint_seconds, 3),
        "findings": [_finding(finding) for finding in judgement.findings],
        "clauses": [_clause(result) for result in judgement.results],
        "measurements": judgement.measurements,
    }
    document["figures"] = judgement.figures
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (settings.report / "report.json").write_text(text + "\n", encoding="utf-8")
    (settings.report / "report.html").write_text(html.render(document), encoding="utf-8")


def _finding(finding: "Finding") -> dict[str, Any]:
    clause, problem = finding.clause, finding.problem
    return {
        "clause": clause.id,
        "level": clause.level,
        "title": clause.title,
        "got": problem.got,
        "expected": problem.expected,
        "why": clause.reason,
        "repeat": list(problem.repeat),
        "test": problem.test,
        "also": sorted(finding.also | finding.not_judged),
        "not_judged": sorted(finding.not_judged),
        "exchanges": list(problem.exchanges),
    }


def _clause(result: "ClauseResult") -> dict[str, Any]:
    clause = result.clause
    return {
        "id": clause.id,
        "level": clause.level,
        "title": clause.title,
        "group": clause.group.title,
        "profile": clause.group.profile,
        "status": result.status,
        "tests": [
            {
                "id": test.test,
                "status": test.status,
                "message": test.message,
                "causes": [problem.cause_to_plain() for problem in test.problems],
            }
            for test in result.tests
        ],
    }
