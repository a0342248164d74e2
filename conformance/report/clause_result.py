"""A clause with what its tests came to."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.data import statuses
from conformance.data.clauses import Clause
from conformance.data.statuses import Status
from conformance.report.results import PhaseResult


@dataclass(frozen=True)
class ClauseResult:
    """A clause with the worst status of its tests."""

    clause: Clause
    status: Status
    tests: tuple[PhaseResult, ...] = ()

    def with_tests(self, change: Callable[[PhaseResult], PhaseResult]) -> "ClauseResult":
        """The same with every test changed, and the status that follows."""
        if not self.tests:
            return self
        tests = tuple(map(change, self.tests))
        return replace(self, tests=tests, status=statuses.worst([each.status for each in tests]))
