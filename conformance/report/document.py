"""Build report.json, the basis of all other report files (see `fixtures/report.schema.json`)."""

import math
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from conformance.data import clauses
from conformance.data.models import Model
from conformance.options.settings import Settings
from conformance.options.table import OPTIONS
from conformance.report import provenance
from conformance.report.findings import Finding
from conformance.report.provenance import Provenance
from conformance.report.results import CASES_LEFT_OUT, ClauseResult, PhaseResult, is_left_out
from conformance.report.sanitizer import Sanitizer
from conformance.report.verdict import Judgment
from conformance.transport.client import Sample
from conformance.transport.endpoint import Target
from conformance.transport.exchange import without_password

MASKED = "***"
DIGITS = 4
"""Decimal places of times in seconds."""
SCHEMA = "urn:multi2vec-clip-conformance:report:2.0"
"""Name and version of the schema. Additions increment the minor version."""


def build(
    settings: Settings,
    target: Target,
    judgment: Judgment,
    origin: Provenance,
    clean: Sanitizer,
    latencies: Sequence[Sample],
    exit_status: int,
) -> dict[str, Any]:
    """The report as built-in values, without secrets."""
    return {
        "schema": SCHEMA,
        "started": provenance.timestamp(origin.started),
        "ended": provenance.timestamp(datetime.now(UTC)),
        "suite": provenance.suite(),
        "contract": {"version": clauses.contract_version(), "digest": clauses.contract_digest()},
        "environment": {"python": platform.python_version(), "platform": platform.platform()},
        "target": _target(settings, target),
        "model": settings.model.tag,
        "dimension": _dimension(settings),
        "reproduce": origin.command,
        "settings": {name: clean.plain(value) for name, value in _settings(settings).items()},
        "settings_given": clean.plain(_given(settings)),
        "verdict": judgment.verdict,
        "profiles": {name: {"verdict": value} for name, value in judgment.profiles.items()},
        "counts": judgment.status_counts(),
        "seconds": round(judgment.seconds, 3),
        "seconds_waiting_for_the_endpoint": round(judgment.endpoint_seconds, 3),
        "exit_status": exit_status,
        "known_failures": {
            "entries": [
                {"name": entry.name, "reason": clean.text(entry.reason)}
                for entry in judgment.known.entries
            ],
            "stale": list(judgment.stale),
        },
        "findings": [
            {**_finding(finding), "not_counted": judgment.why_not_counted(finding)}
            for finding in judgment.findings
        ],
        "clauses": [_clause(result) for result in judgment.results],
        "measurements": _finite(judgment.measurements),
        "figures": _finite(judgment.figures),
        "latencies": _latencies(latencies),
    }


def left_out(document: dict[str, Any]) -> str:
    """What a run left out for lack of time, in one line; empty if nothing."""
    cases = document["measurements"].get(CASES_LEFT_OUT)
    count = sum(
        is_left_out(each["status"], (test["message"] for test in each["tests"]))
        for each in document["clauses"]
    )
    clauses_too = f", and {count} clause{'s' if count > 1 else ''} not judged" if count else ""
    return f"{cases} {CASES_LEFT_OUT}{clauses_too}" if cases else ""


def _finite(value: Any) -> Any:
    """Replace NaN and infinities with words, since JSON has no such numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value


def _target(settings: Settings, target: Target) -> dict[str, Any]:
    started = target.image or {}
    return {
        "url": without_password(target.url),
        "started_by_the_suite": target.started_here,
        "image": settings.image,
        "image_digest": started.get("digest", ""),
        "log": started.get("log", []),
        "meta_digest": provenance.meta_digest(target),
        "weights": settings.weights,
        "dimension_policy": settings.dimension_policy,
        "dimensions": settings.dimensions,
    }


def _dimension(settings: Settings) -> dict[str, Any]:
    """The published dimensions, and which of them were considered correct."""
    model = settings.model
    return {
        "documented": model.documented_dimension,
        "checkpoint": model.checkpoint_dimension,
        "accepted": sorted(settings.expected_dimensions()),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    """Every option with its value."""
    return {
        row.name: _plain(getattr(settings, row.dest))
        for row in OPTIONS
        if hasattr(settings, row.dest)
    }


def _given(settings: Settings) -> list[dict[str, str]]:
    """The name, value, and origin of each option that was given; secrets are masked."""
    return [
        {"name": name, "value": _shown(name, given.value), "origin": given.origin}
        for name, given in settings.given.items()
    ]


def _shown(name: str, value: Any) -> str:
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(_masked(name, each) for each in values)


def _masked(name: str, value: Any) -> str:
    if name == "env":  # These may contain keys and tokens.
        return f"{str(value).partition('=')[0]}={MASKED}"
    if value is True or value is False:
        return str(value).lower()
    return without_password(str(value)) if "://" in str(value) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.tag
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def _finding(finding: Finding) -> dict[str, Any]:
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


def _clause(result: ClauseResult) -> dict[str, Any]:
    clause = result.clause
    return {
        "id": clause.id,
        "level": clause.level,
        "title": clause.title,
        "text": clause.text,
        "reason": clause.reason,
        "source": clause.source,
        "group": clause.group.title,
        "profile": clause.group.profile,
        "versions": clauses.described_versions(clause),
        "status": result.status,
        "measurements": sorted({name for test in result.tests for name in test.measurements}),
        "tests": [_test(test) for test in result.tests],
    }


def _test(test: PhaseResult) -> dict[str, Any]:
    return {
        "id": test.test,
        "status": test.status,
        "message": test.message,
        "causes": [problem.cause() for problem in test.problems if test.when != "evidence"],
    }


def _latencies(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Response times in seconds of successful requests by kind, most frequent first."""
    kinds: dict[str, list[float]] = {}
    for kind, seconds in samples:
        kinds.setdefault(kind, []).append(seconds)
    rows = sorted(kinds.items(), key=lambda row: (-len(row[1]), row[0]))
    return [{"request": kind, "count": len(times), **_figures(times)} for kind, times in rows]


def _figures(times: Sequence[float]) -> dict[str, float]:
    found = {"median": np.median(times), "p95": np.percentile(times, 95), "longest": max(times)}
    return {name: round(float(seconds), DIGITS) for name, seconds in found.items()}
