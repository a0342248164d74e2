"""Decide whether a clause applies to a Weaviate version.

A change can reach several release lines at the same time: a change in 1.37.0 may have been
backported to 1.36.8 and 1.35.17. A clause therefore names the first release of each line that has
the change.
"""

import re
from collections.abc import Sequence
from typing import Final

from conformance.data.clauses import Clause
from conformance.data.messages import UserError

Version = tuple[int, ...]

DEFAULT_VERSION: Final = "1.39.0"
"""The release that applies if no version is named."""

NEWEST: Final = 10**6
"""Stands for the patch number of a line's newest release."""


def parse(text: str) -> Version:
    """Major, minor and patch of `1.36.8` or `1.37.0-rc.1`, for comparing; raises UserError.

    `1.36` means the newest release of its line.
    """
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?(?:$|[-+])", text)
    if numbers is None:
        raise UserError(f"{text!r} is not a Weaviate version; expected a version such as 1.39.0")
    return tuple(int(number or NEWEST) for number in numbers.groups())


def reached(version: str, first_releases: Sequence[str]) -> bool:
    """Whether `version` includes a change that first appeared in these releases.

    A release line that is not named includes the change only if it is newer than all that are.
    """
    this, firsts = parse(version), [parse(first) for first in first_releases]
    newer_line = this[:2] > max(firsts)[:2]
    return newer_line or any(this[:2] == first[:2] and this >= first for first in firsts)


def applies(clause: Clause, version: str | None) -> bool:
    """Whether the clause applies to that version; without a version, every clause does."""
    if version is None:
        return True
    begun = not clause.since or reached(version, clause.since)
    ended = bool(clause.until) and reached(version, clause.until)
    return begun and not ended


def described(clause: Clause) -> str:
    """The versions in words; empty if the clause holds for all."""
    parts = []
    if clause.since:
        parts.append(f"since {_listed(clause.since)}")
    if clause.until:
        parts.append(f"before {_listed(clause.until)}")
    return ", ".join(parts)


def _listed(versions: Sequence[str]) -> str:
    *others, last = versions
    return f"{', '.join(others)} and {last}" if others else last
