"""Read ``attribution.toml``, which determines the clause under which a defect is reported."""

from fnmatch import fnmatch
from functools import cache
from typing import Literal

from conformance.data import fixture_files

Requests = Literal["plain", "harmless", "risky", "afterward", "plain images", "lost"]

_FILE = "attribution.toml"


def clause_of_cause(kind: str, about: str, clause: str) -> str:
    """The clause that a broken property belongs to if a check of `clause` finds it.

    `about` is the relevant detail: the kind of items, or a property of an item.
    """
    causes = fixture_files.toml(_FILE)["causes"]
    row = causes.get(f"{kind} {about}") or causes.get(kind)
    if row is None or any(fnmatch(clause, pattern) for pattern in row["about"]):
        return clause
    return str(row["clause"])


def clause_of_prerequisite(kind: str, items: str, signature: str, clause: str) -> str:
    """The clause for a good request that failed as a prerequisite in a check of `clause`.

    A request that is meant to disrupt an endpoint belongs to the check's own clause.
    """
    causes = fixture_files.toml(_FILE)["causes"]
    table = fixture_files.toml(_FILE)["prerequisites"]
    if items == "meta":
        return str(table[items])
    kind = f"{kind} {items}" if f"{kind} {items}" in causes else kind
    if kind in causes:
        own = clause in causes[kind].get("during", ())
        return clause if own else str(causes[kind]["clause"])
    return str(table.get(signature) or table.get(items) or table[""])


@cache
def sends(requests: Requests, clause: str) -> bool:
    """Whether the checks of a clause send requests of this kind; the table explains each kind."""
    patterns = fixture_files.toml(_FILE)["requests"][requests]
    return any(fnmatch(clause, pattern) for pattern in patterns)


@cache
def rank(clause: str, kind: str) -> tuple[int, int]:
    """The position of a clause in the order of the table, and among its equals.

    The most fundamental clause is first. Some clauses are equals only for one `kind` of cause.
    """
    table = fixture_files.toml(_FILE)["rank"]
    equals = table["for"].get(kind, [])
    if clause not in equals:
        return _place(clause, kind, table["order"])
    return min(_place(each, kind, table["order"])[0] for each in equals), equals.index(clause)


def _place(clause: str, kind: str, order: list[str | list[str]]) -> tuple[int, int]:
    if f"{clause} {kind}" in order:
        return order.index(f"{clause} {kind}"), 0
    for place, entry in enumerate(order):
        equals = entry if isinstance(entry, list) else [entry]
        for among, pattern in enumerate(equals):
            if fnmatch(clause, pattern):
                return place, among
    return len(order), 0


@cache
def follows(consequence: str, clause: str) -> bool:
    """Whether a failure of `consequence` is expected if `clause` fails."""
    table = fixture_files.toml(_FILE)["consequences"]
    named = [each for name, row in table.items() if fnmatch(clause, name) for each in row]
    return any(fnmatch(consequence, pattern) for each in named for pattern in _patterns(each))


@cache
def are_counterparts(one: str, other: str) -> bool:
    """Whether the clauses demand the same of two things, such as texts and images."""
    table = fixture_files.toml(_FILE)["counterparts"]
    return other in (table.get(one), one) or table.get(other) == one


def _patterns(named: str) -> list[str]:
    """The patterns of a named set; any other pattern stands for itself."""
    sets = fixture_files.toml(_FILE)["sets"]
    return list(sets[named.removeprefix("@")]) if named.startswith("@") else [named]
