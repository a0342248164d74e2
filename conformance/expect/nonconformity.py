"""What is raised where an endpoint does not do what a clause demands."""

from dataclasses import replace

from conformance.expect.causes import Cause
from conformance.transport.exchange import Exchange


class Nonconformity(AssertionError):
    """The endpoint does not do what the clause of the running test demands."""

    def __init__(
        self,
        got: str,
        expected: str,
        exchanges: tuple[Exchange, ...] = (),
        cause: Cause | None = None,
    ) -> None:
        super().__init__(f"got {got}; expected {expected}")
        self.got = got
        self.expected = expected
        self.exchanges = exchanges
        self.cause = cause or Cause()


class PrerequisiteFailed(Nonconformity):
    """What the clause of the running test builds upon does not hold: the clause is not judged."""

    @staticmethod
    def of(problem: Nonconformity) -> "PrerequisiteFailed":
        """The same problem, met on the way to what the running test is about."""
        return PrerequisiteFailed(
            problem.got, problem.expected, problem.exchanges, replace(problem.cause)
        )
