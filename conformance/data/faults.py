"""The faulty endpoints that the suite is tried on, and which clauses find each.

The endpoints themselves live in `tests/`, which is not installed; `make docs` writes their list.
"""

from dataclasses import dataclass
from functools import cache

from conformance.data import fixture_files


@dataclass(frozen=True)
class Fault:
    """One mistake that people ship, and the clauses that may name it."""

    name: str
    summary: str
    clauses: tuple[str, ...]


@cache
def all_faults() -> tuple[Fault, ...]:
    """Every faulty endpoint that a clause can tell."""
    rows = fixture_files.toml("faults.toml")["fault"]
    return tuple(Fault(row["name"], row["summary"], tuple(row["clauses"])) for row in rows)


def found_by(clause: str) -> list[Fault]:
    """The faults that name the clause among those that find them."""
    return [fault for fault in all_faults() if clause in fault.clauses]
