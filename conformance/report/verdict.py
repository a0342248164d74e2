"""Derive the status of each clause, the verdict of each profile, and the verdict of the run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from conformance.data import clauses, statuses
from conformance.data.clauses import PROFILES, Clause, Profile
from conformance.data.statuses import Status
from conformance.expect.responses import Figure
from conformance.options.settings import Settings
from conformance.report import findings
from conformance.report.findings import Finding, Findings
from conformance.report.known_failures import KnownFailures
from conformance.report.results import ClauseResult, PhaseResult, text
from conformance.weaviate.server_selection import select_server

Verdict = Literal[
    "not conformant",
    "error",
    "incomplete",
    "known failures",
    "partial",
    "conformant",
    "disabled",
]


@dataclass(frozen=True)
class VerdictRow:
    """The consequences of a verdict."""

    exit_status: int
    style: str
    """The style in the terminal, in rich's syntax."""
    badge: str
    """The badge's color, as badge services name it."""


VERDICTS: Final[dict[Verdict, VerdictRow]] = {
    "not conformant": VerdictRow(1, "bold red", "red"),
    "error": VerdictRow(3, "bold magenta", "lightgrey"),
    "incomplete": VerdictRow(6, "bold magenta", "orange"),
    "known failures": VerdictRow(0, "bold yellow", "yellow"),
    "partial": VerdictRow(0, "bold yellow", "yellow"),
    "conformant": VerdictRow(0, "bold green", "brightgreen"),
    "disabled": VerdictRow(6, "bold", "lightgrey"),
}
"""The verdicts, worst first."""
JUDGED: Final[frozenset[Status]] = frozenset({"pass", "warn", "fail", "known"})
"""If none of the chosen clauses has such a status, the run has no result."""
STALE = 7
"""Exit status of a run without a failure if a known failure passes again."""


@dataclass(frozen=True)
class Judgment:
    """All results of a run."""

    verdict: Verdict
    profiles: dict[Profile, Verdict]
    results: tuple[ClauseResult, ...]
    seconds: float
    endpoint_seconds: float
    """Seconds of the run spent on exchanges with the endpoint."""
    measurements: dict[str, float | str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    """The defects, each listed once, worst first."""
    known: KnownFailures = field(default_factory=KnownFailures)
    stale: tuple[str, ...] = ()
    """Known failures that pass again."""

    @property
    def failed(self) -> bool:
        """Whether a requirement that counts was violated."""
        return self.verdict == "not conformant"

    @property
    def exit_status(self) -> int:
        """The exit status of the run."""
        status = VERDICTS[self.verdict].exit_status
        return STALE if self.stale and status == 0 else status

    @property
    def shipped_seen(self) -> int:
        """How many known defects of the official image appeared."""
        return self.known.shipped_seen(self.results)

    def why_not_counted(self, finding: Finding) -> str:
        """Why a finding does not count because it is known; empty if it counts."""
        reason = self.known.reason(finding.clause.id, finding.problem.test)
        return f"known: {reason}" if reason else ""

    def status_counts(self) -> dict[str, int]:
        """The number of clauses with each status."""
        return dict(Counter(result.status for result in self.results))


@dataclass(frozen=True)
class Report:
    """The results of a run."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    """The defects, each listed once, worst first."""
    clauses: Mapping[str, ClauseResult]
    """Every clause of the contract by its id, with its status."""
    exit_status: int
    """The console command's exit status: 0 if nothing failed."""
    document: dict[str, Any]
    """The content of report.json."""
    judgment: Judgment = field(repr=False)
    folder: Path | None = None
    """The directory of the report's files, if ``report`` was given."""


def judge(
    reports: Sequence[PhaseResult],
    settings: Settings,
    narrowed: bool,
    seconds: float,
    known: KnownFailures | None = None,
    *,
    interrupted: bool = False,
    uncollected: bool = False,
) -> Judgment:
    """The judgment of `reports`; `narrowed` means that the user chose a part of the suite.

    `uncollected` means that pytest could not collect some of the checks.
    """
    known = known or KnownFailures()
    by_clause: dict[str, list[PhaseResult]] = {}
    for report in _by_test(reports):
        by_clause.setdefault(report.clause, []).append(report)
    found = findings.find(reports)
    seen = [
        _with_evidence(result, found, settings)
        for result in _results(by_clause, narrowed, not_asked_for(settings))
    ]
    results = tuple(known.applied(result, found) for result in seen)
    profiles = {
        profile: _profile(profile, results, narrowed, settings.strict) for profile in PROFILES
    }
    candidates = list(profiles.values())
    if uncollected:
        candidates.append("error")
    if interrupted:
        candidates.append("incomplete")
    verdict = min(candidates, key=list(VERDICTS).index)
    if narrowed and verdict == "partial" and not any(each.status in JUDGED for each in results):
        verdict = "incomplete"
    return Judgment(
        verdict,
        profiles,
        results,
        seconds,
        sum(report.endpoint_seconds for report in reports),
        {k: v for report in reports for k, v in report.measurements.items()},
        {k: v for report in reports for k, v in report.figures.items()},
        found.findings,
        known,
        known.stale(seen, whole=not narrowed),
    )


def _results(
    by_clause: dict[str, list[PhaseResult]], narrowed: bool, off: set[Profile]
) -> list[ClauseResult]:
    every = clauses.all_clauses().values()
    return [_result(clause, by_clause.get(clause.id, []), narrowed, off) for clause in every]


def _with_evidence(result: ClauseResult, found: Findings, settings: Settings) -> ClauseResult:
    """The result, including evidence from other clauses' tests."""
    clause = result.clause
    if clause.id in found.shown_elsewhere:
        must = clause.level == "MUST" or settings.strict
        shown: Status = "fail" if must else "warn"
        problem = found.shown_elsewhere[clause.id]
        evidence = PhaseResult(
            problem.test, clause.id, shown, text(problem, clause), "evidence", problems=(problem,)
        )
        status = statuses.worst([result.status, shown])
        return ClauseResult(clause, status, (*result.tests, evidence))
    if result.status == "not judged":
        finding = found.explaining(clause.id)
        see = f"not judged: see {finding.clause.id}" if finding else "not judged"
        tests = tuple(
            replace(test, message=see) if test.status == "not judged" else test
            for test in result.tests
        )
        return ClauseResult(clause, result.status, tests)
    return result


def _by_test(reports: Sequence[PhaseResult]) -> list[PhaseResult]:
    """One report per test: its worst phase, with the problems of all phases."""
    tests: dict[str, PhaseResult] = {}
    for report in reports:
        before = tests.get(report.test)
        if before is None:
            if report.is_relevant:
                tests[report.test] = report
            continue
        worse = statuses.worst([report.status, before.status]) == report.status
        shown = report if report.is_relevant and worse else before
        tests[report.test] = replace(shown, problems=(*before.problems, *report.problems))
    return list(tests.values())


def not_asked_for(settings: Settings) -> set[Profile]:
    """The parts of the suite that the user did not request, or Weaviate if there is none here."""
    wanted: dict[Profile, bool] = {
        "weaviate": select_server(settings.weaviate).kind != "off",
        "comparison": settings.compare_with is not None,
        "container": settings.image is not None,
    }
    return {profile for profile, asked in wanted.items() if not asked}


def _result(
    clause: Clause, tests: list[PhaseResult], narrowed: bool, off: set[Profile]
) -> ClauseResult:
    if not tests and clause.group.profile in off:
        return ClauseResult(clause, "disabled")
    if not tests and narrowed:
        return ClauseResult(clause, "skipped")
    return ClauseResult(clause, statuses.worst([test.status for test in tests]), tuple(tests))


def _profile(
    profile: Profile, results: Sequence[ClauseResult], narrowed: bool, strict: bool
) -> Verdict:
    mine = [each for each in results if each.clause.group.profile == profile]
    met = {result.status for result in mine}
    if met <= {"disabled"}:
        return "disabled"
    if "fail" in met:
        return "not conformant"
    if "error" in met:
        return "error"
    must = {result.status for result in mine if result.clause.level == "MUST"}
    # A part that the user left out is not a gap; a chosen part that could not run is one.
    gaps: set[Status] = {"not judged", "not run"}
    if not narrowed:
        gaps |= {"skipped", "disabled"}
    if must & gaps:
        return "incomplete"
    if "known" in (met if strict else must):
        return "known failures"
    # A budget may leave no time for any of a profile's clauses.
    return "partial" if narrowed or not met & JUDGED else "conformant"
