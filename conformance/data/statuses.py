"""The statuses of tests and clauses, and ways to end a check without a verdict on its clause.

`pass`, `warn` (a failed SHOULD clause), and `fail` are about the endpoint. `error` is a fault of
the suite. `not judged` means that a prerequisite is broken. `known` is a failure that the user has
listed. The others mean that nothing was tested.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, NoReturn

from conformance.data import fixture_files

Status = Literal[
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
]


@dataclass(frozen=True)
class StatusRow:
    """The description of a status, and how it is shown."""

    name: Status
    meaning: str
    column: int
    """Its position in a scoreboard, from the left."""
    letter: str
    """The letter that pytest prints for a test with this status."""
    style: str = "dim"
    """The style in the terminal, in rich's syntax."""
    explained: bool = False
    """Whether the scoreboard explains it below its columns."""
    left_out: bool = False
    """Whether nothing was tested because it was not requested."""


@cache
def rows() -> dict[Status, StatusRow]:
    """Every status, worst first."""
    table = fixture_files.toml("statuses.toml")["status"]
    return {row["name"]: StatusRow(**row) for row in table}


def worst(statuses: list[Status]) -> Status:
    """The status of a clause whose tests had these statuses; `not run` if there were none."""
    return min(statuses, key=list(rows()).index, default="not run")


def columns() -> list[Status]:
    """The statuses in the order of a scoreboard's columns."""
    return sorted(rows(), key=lambda name: rows()[name].column)


def to_look_at() -> list[Status]:
    """The statuses in a reader's order: worst first, untested ones last."""
    return sorted(rows(), key=lambda name: rows()[name].left_out)


class Ended(Exception):
    """The test ended without a verdict on the endpoint; the message says why."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def not_applicable(reason: str) -> NoReturn:
    """End the test: the model or the endpoint has no such property."""
    raise Ended("n/a", reason)


def not_run(reason: str) -> NoReturn:
    """End the test: something that it needs is missing on this machine."""
    raise Ended("not run", reason)


def not_judged(reason: str) -> NoReturn:
    """End the test: one of its prerequisites is broken."""
    raise Ended("not judged", reason)


def disabled(reason: str) -> NoReturn:
    """End the test because its group or profile was not requested."""
    raise Ended("disabled", reason)
