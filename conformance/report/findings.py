"""Group failures with the same cause into one finding, under the clause that describes it best.

Every failure has a cause: the kind of thing that is broken, and a signature of the response.
Failures are processed in the order of their clauses' rank, most fundamental first. A failure joins
an earlier finding if it has the same cause, or if its clause follows from the finding's clause
(`attribution.toml`). Otherwise, the failure becomes a new finding. If a check could not test
anything because a prerequisite is broken, that counts as evidence for the clause that covers the
prerequisite.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.data import attribution, clauses
from conformance.data.clauses import Clause
from conformance.expect.nonconformity import CauseKind
from conformance.report.results import PhaseResult, Problem

LEVELS = ("MUST", "SHOULD", "MAY")
FACTS = (
    CauseKind.DEAD,
    CauseKind.POISONED,
    CauseKind.BY_CHANCE,
    CauseKind.LOW_PRECISION,
    CauseKind.UNANSWERED,
)
"""Kinds of causes that make a finding even if only a prerequisite revealed them."""

LIMITS = (CauseKind.TOO_MANY, CauseKind.TOO_LARGE)


@dataclass
class Finding:
    """A primary failure, and the failures that follow from it."""

    problem: Problem
    causes: list[Problem] = field(default_factory=list)
    also: set[str] = field(default_factory=set)
    """Other clauses that fail because of the same defect."""
    not_judged: set[str] = field(default_factory=set)
    """Clauses that were not judged because of this failure."""

    @property
    def clause(self) -> Clause:
        """The clause under which it is reported."""
        return clauses.all_clauses()[self.problem.clause]

    def takes(self, problem: Problem) -> bool:
        """Whether a failure has the same cause, or follows from it."""
        known = [self.problem, *self.causes]
        if any(_same_cause(each, problem) or _is_counterpart(each, problem) for each in known):
            return True
        roots = [
            each for each in known if attribution.are_counterparts(each.clause, self.problem.clause)
        ]
        return any(_follows(problem, root) for root in roots)

    def add(self, problem: Problem) -> None:
        """Add a failure to this finding."""
        self.causes.append(problem)
        if problem.clause != self.problem.clause:
            self.also.add(problem.clause)


@dataclass(frozen=True)
class Findings:
    """All findings of a run, worst first, and the clauses that fail because of other tests."""

    findings: tuple[Finding, ...]
    shown_elsewhere: dict[str, Problem]

    def explaining(self, clause: str) -> Finding | None:
        """The finding because of which a clause was not judged."""
        return next((each for each in self.findings if clause in each.not_judged), None)

    def behind(self, test: PhaseResult) -> list[Finding]:
        """The findings that the problems of a test belong to."""
        return [_finding_of(problem, self.findings) for problem in test.problems]


def find(results: Sequence[PhaseResult]) -> Findings:
    """The findings behind the results of a run."""
    met = [(result.clause, problem) for result in results for problem in result.problems]
    own = [problem for _, problem in met if not problem.prerequisite or problem.kind in FACTS]
    pending = [(c, p) for c, p in met if p.prerequisite and p.kind not in FACTS]
    shown_elsewhere = _shown_elsewhere(own, [problem for _, problem in pending])
    found = _grouped([*own, *shown_elsewhere.values()])
    for clause, problem in pending:
        finding = _finding_of(problem, found)
        if clause != finding.problem.clause:
            finding.not_judged.add(clause)
    facts = {problem.clause: problem for problem in own if problem.kind in FACTS}
    return Findings(tuple(found), {**shown_elsewhere, **facts})


def _finding_of(problem: Problem, found: Sequence[Finding]) -> Finding:
    """The finding that a problem belongs to, or that explains it."""
    tests = (
        lambda each: problem in (each.problem, *each.causes),
        lambda each: each.takes(problem),
        lambda each: _alike(each, problem),
    )
    return next(each for belongs in tests for each in found if belongs(each))


def _shown_elsewhere(own: Sequence[Problem], pending: Iterable[Problem]) -> dict[str, Problem]:
    """Problems found only as prerequisites, for clauses whose own tests did not fail, by clause."""
    shown_elsewhere: dict[str, Problem] = {}
    telling = [each for each in own if each.kind in FACTS or not _is_plain(each)]
    for problem in pending:
        known = [*telling, *shown_elsewhere.values()]
        if not any(_same_cause(each, problem) or _akin(each, problem) for each in known):
            shown_elsewhere.setdefault(problem.clause, problem)
    return shown_elsewhere


def _is_plain(problem: Problem) -> bool:
    refused = problem.kind in (CauseKind.REFUSED, CauseKind.NO_RESPONSE)
    return refused and attribution.sends("plain", problem.clause)


def _grouped(problems: Sequence[Problem]) -> list[Finding]:
    often = Counter(map(_what, problems))
    found: list[Finding] = []
    for problem in sorted(problems, key=lambda each: _order(each, often[_what(each)])):
        finding = next((each for each in found if each.takes(problem)), None)
        if finding is None:
            found.append(Finding(problem))
        else:
            finding.add(problem)
    return found


def _what(problem: Problem) -> tuple[str, str, str]:
    return problem.clause, problem.kind, problem.signature


def _order(problem: Problem, times: int) -> tuple[int, bool, int, int, int]:
    """Worst first; among equals, problems that more tests show come first."""
    level = LEVELS.index(clauses.all_clauses()[problem.clause].level)
    place, among = attribution.rank(problem.clause, problem.kind)
    return level, problem.kind not in FACTS, place, -times, among


def _same_cause(one: Problem, other: Problem) -> bool:
    """Whether both have the same status and error, or the same broken property."""
    if CauseKind.OTHER in (one.kind, other.kind):
        return False
    if one.kind == CauseKind.DEAD:
        return other.kind == CauseKind.NO_RESPONSE
    if one.kind in LIMITS and one.clause == other.clause and other.kind == CauseKind.REFUSED:
        return one.signature == other.signature
    if one.kind in FACTS and other.kind == CauseKind.REFUSED:
        return one.signature == other.signature
    return (one.kind, one.signature) == (other.kind, other.signature) and _overlap(one, other)


def _is_counterpart(one: Problem, other: Problem) -> bool:
    """Whether the same demand on two things (such as texts and images) fails in the same way."""
    alike = (one.kind, one.signature) == (other.kind, other.signature)
    return alike and attribution.are_counterparts(one.clause, other.clause)


def _akin(one: Problem, other: Problem) -> bool:
    """Whether the same kind of items was rejected in the same way, with a different message."""
    return one.kind == other.kind != CauseKind.OTHER and _overlap(one, other)


def _alike(finding: Finding, problem: Problem) -> bool:
    return any(
        _akin(each, problem) or each.clause == problem.clause
        for each in [finding.problem, *finding.causes]
    )


def _follows(problem: Problem, primary: Problem) -> bool:
    if problem.clause == primary.clause:
        # Two failures of one clause are one defect, unless the responses failed differently.
        telling = CauseKind.OTHER not in (problem.kind, primary.kind)
        return not telling or primary.kind in FACTS or _akin(problem, primary)
    return attribution.follows(problem.clause, primary.clause)


def _overlap(one: Problem, other: Problem) -> bool:
    """Whether both concern texts, or both images; a body without items may concern any."""
    mine, theirs = (set(each.items.split(" and ")) for each in (one, other))
    return "" in mine | theirs or bool(mine & theirs)
