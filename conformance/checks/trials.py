"""How a property is tried: few examples, always the same ones, at a bounded cost."""

import functools
from collections.abc import Callable
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from conformance.corpus.request_mixes import Case
from conformance.expect.statuses import Nonconformity
from conformance.transport.endpoint import Endpoint

Check = Callable[[Endpoint, Case], None]


class Trial:
    """One property over one endpoint: each example is judged once.

    So an endpoint that errs now and then fails as well, where Hypothesis would call it flaky, and
    images, which are what takes time, are left out of an example when `images` are spent.
    """

    def __init__(self, check: Check, endpoint: Endpoint, images: int) -> None:
        self._check = functools.partial(check, endpoint)
        self._images = images
        self._problems: dict[Case, Nonconformity | None] = {}

    def problem(self, case: Case) -> Nonconformity | None:
        """What is wrong, if anything; the message names the example."""
        if case not in self._problems:
            self._problems[case] = self._judge(self._afforded(case))
        return self._problems[case]

    def _afforded(self, case: Case) -> Case:
        price = sum(len(mix.images) for mix in case)
        if price > self._images:
            return tuple(mix.without_images() for mix in case)
        self._images -= price
        return case

    def _judge(self, case: Case) -> Nonconformity | None:
        try:
            self._check(case)
        except Nonconformity as problem:
            example = ", then ".join(map(str, case))
            got = f"{problem.got}; falsifying example: {example}"
            return Nonconformity(got, problem.expected, problem.exchanges)
        return None


def holds_for(
    cases: SearchStrategy[Case], examples: int, images: int
) -> Callable[[Check], Callable[[Endpoint], None]]:
    """Make a test of a check of (endpoint, case); `images` bounds those in all its cases.

    Hypothesis runs inside the test: its pytest plugin, where it sees a test of Hypothesis, writes a
    folder into the caller's.
    """

    def decorate(check: Check) -> Callable[[Endpoint], None]:
        def test(endpoint: Endpoint) -> None:
            trial = Trial(check, endpoint, images)

            def holds(case: Case) -> None:
                problem = trial.problem(case)
                if problem is not None:
                    raise Nonconformity(problem.got, problem.expected, problem.exchanges)

            # Other examples for each property, the same ones in each run.
            number = crc32(check.__name__.encode())
            seed(number)(_settings(examples)(given(case=cases)(holds)))()

        test.__name__, test.__qualname__ = check.__name__, check.__qualname__
        test.__module__, test.__doc__ = check.__module__, check.__doc__
        return test

    return decorate


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        # Shrinking would send hundreds of requests to an endpoint that may hang at each.
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
