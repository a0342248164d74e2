"""The statuses that a test can end in, kept apart, and the ways to end in them.

`pass`, `warn` (a SHOULD that failed) and `fail` judge the endpoint; `error` is the suite's own
fault; `not judged` is what could not be judged because something below it is broken; `known` is a
failure that the user has listed; the others say why nothing was tried.
"""

from typing import Literal, NoReturn

import pytest

Status = Literal[
    "pass",
    "warn",
    "fail",
    "error",
    "not judged",
    "not run",
    "skipped",
    "disabled",
    "known",
    "n/a",
]

# Worst first: a clause has the worst status of its tests.
SEVERITY: tuple[Status, ...] = (
    "error",
    "fail",
    "warn",
    "not judged",
    "not run",
    "skipped",
    "disabled",
    "known",
    "pass",
    "n/a",
)


def _end(status: Status, reason: str) -> NoReturn:
    # A plain skip, so that any pytest plugin understands it; the prefix carries the status.
    pytest.skip(f"{status}: {reason}")


def not_applicable(reason: str) -> NoReturn:
    """End the test: the model or the endpoint has no such property."""
    _end("n/a", reason)


def not_run(reason: str) -> NoReturn:
    """End the test: what it takes is missing here."""
    _end("not run", reason)


def not_judged(reason: str) -> NoReturn:
    """End the test: something that it builds upon is broken."""
    _end("not judged", reason)


def disabled(reason: str) -> NoReturn:
    """End the test: its group or profile was not asked for."""
    _end("disabled", reason)


def status_from_skip(message: str) -> tuple[Status, str]:
    """The status and reason that a skip message carries; any other skip is the user's."""
    for status in ("n/a", "not judged", "not run", "disabled"):
        prefix = f"{status}: "
        if message.startswith(prefix):
            return status, message.removeprefix(prefix)
    return "skipped", message


def worst(statuses: list[Status]) -> Status:
    """The status of a clause whose tests had these; none at all is `not run`."""
    return min(statuses, key=SEVERITY.index, default="not run")
