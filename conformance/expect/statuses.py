"""The outcomes of a test, and ways to end a check without a judgement.

`pass`, `warn` (a failed SHOULD clause) and `fail` judge the endpoint. `error` is a fault of the
suite. `not judged` means that a prerequisite is broken. `known` is a failure that the user has
listed. The others mean that nothing was tried.
"""

from typing import ClassVar, NoReturn

from conformance.data.statuses import Status


class Ended(Exception):
    """The test ended without a judgement of the endpoint; the message says why."""

    status: ClassVar[Status]


class NotApplicable(Ended):
    """The model or the endpoint has no such property."""

    status = "n/a"


class NotRun(Ended):
    """Something that the test needs is missing on this machine."""

    status = "not run"


class NotJudged(Ended):
    """Something that the test builds on is broken."""

    status = "not judged"


class Disabled(Ended):
    """The group or profile was not requested."""

    status = "disabled"


def not_applicable(reason: str) -> NoReturn:
    """End the test: the model or the endpoint has no such property."""
    raise NotApplicable(reason)


def not_run(reason: str) -> NoReturn:
    """End the test: something that it needs is missing on this machine."""
    raise NotRun(reason)


def not_judged(reason: str) -> NoReturn:
    """End the test: something that it builds on is broken."""
    raise NotJudged(reason)


def disabled(reason: str) -> NoReturn:
    """End the test because its group or profile was not requested."""
    raise Disabled(reason)
