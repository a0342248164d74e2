"""compatibility.json: which target meets which clause, for machines."""

from typing import Any, Final

from website.published import Run, Target

SCHEMA: Final = "urn:multi2vec-clip-conformance:compatibility:1.0"


def document(targets: list[Target]) -> dict[str, Any]:
    """All targets with all their runs: verdict, findings, and a status for each clause."""
    return {"schema": SCHEMA, "targets": [_target(target) for target in targets]}


def _target(target: Target) -> dict[str, Any]:
    return {
        "name": target.name,
        "title": target.title,
        "source": target.source,
        "runs": [_run(run) for run in target.runs],
    }


def _run(run: Run) -> dict[str, Any]:
    report = run.report
    return {
        "name": run.name,
        "started": report["started"],
        "suite": report["suite"],
        "edition": report["contract"]["edition"],
        "model": report["model"],
        "weights": report["target"]["weights"],
        "verdict": run.verdict,
        "findings": [finding["clause"] for finding in report["findings"]],
        "statuses": run.statuses,
    }
