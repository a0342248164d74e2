"""What counts where an edition is pinned: its own clauses, each at the level it had."""

from dataclasses import replace

from conformance.data.editions import Edition
from conformance.expect.statuses import Status
from conformance.report.clause_result import ClauseResult
from conformance.report.phase_result import PhaseResult


def scored(result: ClauseResult, edition: Edition | None, strict: bool) -> ClauseResult:
    """The result as the edition counts it; without an edition as it is."""
    if edition is None:
        return result
    frozen = edition.clauses.get(result.clause.id)
    if frozen is None:
        return replace(result, scored=False)
    if frozen.level == result.clause.level:
        return result
    failure: Status = "fail" if frozen.level == "MUST" or strict else "warn"

    def at_its_level(test: PhaseResult) -> PhaseResult:
        return replace(test, status=failure) if test.status in ("fail", "warn") else test

    pinned = replace(result, clause=replace(result.clause, level=frozen.level))
    return pinned.with_tests(at_its_level)
