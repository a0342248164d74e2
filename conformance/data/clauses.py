"""The contract's clauses: numbered requirements, each with its level, source and reason.

It also lists the faults that each clause finds. The faulty endpoints themselves are in `tests/`,
which is not installed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from conformance.data import fixture_files
from conformance.data.messages import UserError, suggestion

Level = Literal["MUST", "SHOULD", "MAY"]
Profile = Literal["http", "weaviate", "comparison", "container"]

PROFILES: tuple[Profile, ...] = ("http", "weaviate", "comparison", "container")
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
    """A group of related clauses; `profile` says what is needed to judge it."""

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
    """SHA-256 over the ids, levels and texts of all clauses as they are now."""
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
