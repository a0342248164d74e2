"""The contract's clauses: numbered requirements, each with its level, source, and reason.

Some clauses apply only to some versions of Weaviate. A change can reach several release lines: one
in 1.37.0 may have been backported to 1.36.8 and 1.35.17. Such a clause therefore names the first
release of each line that has the change.

This module also lists the faults that each clause finds. The faulty endpoints themselves are in
`tests/`, which is not installed.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from conformance.data import fixture_files
from conformance.data.messages import UserError, suggestion

Level = Literal["MUST", "SHOULD", "MAY"]
Profile = Literal["http", "weaviate", "comparison", "container"]

PROFILES: tuple[Profile, ...] = ("http", "weaviate", "comparison", "container")
Version = tuple[int, ...]

DEFAULT_VERSION: Final = "1.39.0"
"""The release that applies if no version is named."""

NEWEST: Final = 10**6
"""Stands for the patch number of a line's newest release."""

GROUP_FILES = (
    "probes",
    "meta",
    "vectorize",
    "errors",
    "texts",
    "images",
    "exact",
    "alignment",
    "properties",
    "relations",
    "operation",
    "wire",
    "weaviate",
    "comparison",
    "container",
)


@dataclass(frozen=True)
class Group:
    """A group of related clauses; `profile` says what is needed to test it."""

    id: str
    title: str
    profile: Profile


@dataclass(frozen=True)
class Clause:
    """One requirement."""

    id: str
    level: Level
    title: str
    text: str
    source: str
    reason: str
    group: Group
    since: tuple[str, ...] = ()
    """The first release of each Weaviate line that this applies to; empty means all releases."""
    until: tuple[str, ...] = ()
    """The first release of each Weaviate line that this no longer applies to."""


def _read(name: str) -> list[Clause]:
    table = fixture_files.toml(f"clauses/{name}.toml")
    group = Group(**table["group"])
    return [_clause(group, row) for row in table["clause"]]


def _clause(group: Group, row: Mapping[str, Any]) -> Clause:
    versions = {name: tuple(row.get(name, ())) for name in ("since", "until")}
    return Clause(group=group, **{**row, **versions})


@cache
def all_clauses() -> dict[str, Clause]:
    """All clauses by id, in the order of the contract."""
    return {clause.id: clause for name in GROUP_FILES for clause in _read(name)}


def groups() -> list[Group]:
    """The groups, in the order of the contract."""
    return list(dict.fromkeys(clause.group for clause in all_clauses().values()))


def contract_version() -> str:
    """The version of the contract."""
    return str(fixture_files.toml("contract.toml")["version"])


def contract_digest() -> str:
    """SHA-256 over the ids, levels, and texts of all clauses as they are now."""
    told = (f"{each.id} {each.level} {each.text}\n" for each in all_clauses().values())
    return f"sha256:{hashlib.sha256(''.join(told).encode()).hexdigest()}"


def find(name: str) -> Clause:
    """The clause with that id, ignoring case; raises UserError with the nearest id."""
    every = all_clauses()
    if name.upper() not in every:
        hint = suggestion(name, every)
        raise UserError(f"there is no clause {name}{hint or '; docs/contract.md lists them'}")
    return every[name.upper()]


def find_group(name: str) -> Group:
    """The group with that id (IMG) or title (images), ignoring case; raises UserError."""
    names = {each.lower(): group for group in groups() for each in (group.id, group.title)}
    if name.lower() not in names:
        known = ", ".join(f"{group.id} ({group.title.lower()})" for group in groups())
        raise UserError(f"there is no group {name}{suggestion(name, names)}; known: {known}")
    return names[name.lower()]


@dataclass(frozen=True)
class Fault:
    """A realistic mistake, and the clauses under which it may be reported."""

    name: str
    summary: str
    clauses: tuple[str, ...]


@cache
def all_faults() -> tuple[Fault, ...]:
    """Every faulty endpoint that a clause can detect."""
    rows = fixture_files.toml("faults.toml")["fault"]
    return tuple(Fault(row["name"], row["summary"], tuple(row["clauses"])) for row in rows)


def faults_found_by(clause: str) -> list[Fault]:
    """The faults that a clause finds."""
    return [fault for fault in all_faults() if clause in fault.clauses]


def parse_version(text: str) -> Version:
    """Major, minor, and patch of `1.36.8` or `1.37.0-rc.1`, for comparing; raises UserError.

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
    this, firsts = parse_version(version), [parse_version(first) for first in first_releases]
    newer_line = this[:2] > max(firsts)[:2]
    return newer_line or any(this[:2] == first[:2] and this >= first for first in firsts)


def applies(clause: Clause, version: str | None) -> bool:
    """Whether the clause applies to that version; without a version, every clause does."""
    if version is None:
        return True
    begun = not clause.since or reached(version, clause.since)
    ended = bool(clause.until) and reached(version, clause.until)
    return begun and not ended


def described_versions(clause: Clause) -> str:
    """The versions in words; empty if the clause applies to all."""
    parts = []
    if clause.since:
        parts.append(f"since {_listed(clause.since)}")
    if clause.until:
        parts.append(f"before {_listed(clause.until)}")
    return ", ".join(parts)


def _listed(versions: Sequence[str]) -> str:
    if len(versions) < 3:
        return " and ".join(versions)
    return f"{', '.join(versions[:-1])}, and {versions[-1]}"
