"""What ``--report DIR`` writes: report.json and .html, junit.xml, bodies of failed requests."""

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.command.target import Target
from conformance.options.settings import Settings
from conformance.report import html
from conformance.transport.exchange import Exchange, without_password

if TYPE_CHECKING:
    from conformance.report.verdict import ClauseResult, Judgement

DISTRIBUTION = "multi2vec-clip-conformance"


def prepare(config: pytest.Config, folder: Path) -> None:
    """Make the folder, and have pytest write its JUnit file there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not config.option.xmlpath:
        config.option.xmlpath = str(folder / "junit.xml")


def keep(exchange: Exchange, folder: Path, test: str, number: int) -> str | None:
    """Save the body of a request, for the curl line that repeats it; None where it has none."""
    if not exchange.request_body:
        return None
    name = re.sub(r"[^\w.-]+", "-", test)
    path = folder / "exchanges" / f"{name}-{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(exchange.request_body)
    return str(path)


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
        "counts": judgement.counts(),
        "seconds": round(judgement.seconds, 3),
        "seconds_waiting_for_the_endpoint": round(judgement.waited, 3),
        "clauses": [_clause(result) for result in judgement.results],
        "measurements": judgement.measurements,
    }
    document["figures"] = judgement.figures
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (settings.report / "report.json").write_text(text + "\n", encoding="utf-8")
    (settings.report / "report.html").write_text(html.render(document), encoding="utf-8")


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
            {"id": test.test, "status": test.status, "message": test.message}
            for test in result.tests
        ],
    }
