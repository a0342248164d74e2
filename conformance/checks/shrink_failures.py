"""Search for a request that the endpoint cannot serve and shrink it to a minimal example.

Hypothesis generates the same requests every time. When one fails, it removes items and characters
for as long as the request still fails in the same way. The number of requests and their total time
are limited, since an endpoint that hangs on each of them would otherwise block the run for hours.
"""

import time
from collections.abc import Callable
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.internal.conjecture import providers

from conformance.corpus.request_mixes import Mix, mixes
from conformance.data import timeouts
from conformance.expect.nonconformity import CauseKind, Nonconformity
from conformance.transport.pace import TooMuch

EXAMPLES = 16


class Search:
    """Tests each request once, since an endpoint may fail only intermittently."""

    def __init__(self, judge: Callable[[Mix], object]) -> None:
        self._judge = judge
        self._known: dict[Mix, Nonconformity | None] = {}
        self._deadline = float("inf")
        self._first: Nonconformity | None = None

    def __call__(self, mix: Mix) -> None:
        """Raise the problem with this request, if it is the same as the first request's."""
        if mix not in self._known and time.monotonic() < self._deadline:
            self._known[mix] = self._problem(mix)
        problem = self._known.get(mix)
        if problem is None:
            return
        if self._first is None:
            self._first = problem
            unanswered = problem.cause.kind is CauseKind.NO_RESPONSE
            self._deadline = time.monotonic() + (0 if unanswered else timeouts.SHRINKING)
        if problem.cause == self._first.cause:
            raise problem

    def _problem(self, mix: Mix) -> Nonconformity | None:
        try:
            self._judge(mix)
        except TooMuch:  # Smaller requests follow.
            return None
        except Nonconformity as problem:
            got = f"{problem.got}; smallest failing request found: {mix}"
            return type(problem)(got, problem.expected, problem.exchanges, problem.cause)
        return None


def falsify(judge: Callable[[Mix], object]) -> None:
    """Raise the Nonconformity of the smallest failing request, if any request fails.

    Hypothesis runs inside the test because its pytest plugin would create a directory in the
    current one for any Hypothesis test that it sees.
    """
    search = Search(judge)
    options = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )

    @options
    @given(mix=mixes())
    def holds(mix: Mix) -> None:
        search(mix)

    # Otherwise, Hypothesis would also use constants from the user's modules: requests would differ
    # between machines, after a search of the modules' source files that takes most of a second.
    with patch.object(
        providers, "_get_local_constants", lambda: providers.GLOBAL_CONSTANTS, create=True
    ):
        holds()
