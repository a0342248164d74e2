"""Which clause a defect is reported under, read from ``attribution.toml``."""

from fnmatch import fnmatch
from functools import cache

from conformance.data import fixture_files

_FILE = "attribution.toml"


def home(kind: str, clause: str) -> str:
    """The clause that a broken property belongs to where a check of `clause` meets it."""
    row = fixture_files.toml(_FILE)["homes"].get(kind)
    if row is None or any(fnmatch(clause, pattern) for pattern in row["about"]):
        return clause
    return str(row["clause"])


def prerequisite_home(kind: str, items: str, signature: str) -> str:
    """The clause that speaks for a good request that was not served as a check needed it."""
    homes = fixture_files.toml(_FILE)["homes"]
    kind = f"{kind} {items}" if f"{kind} {items}" in homes else kind
    if items != "meta" and kind in homes:
        return str(homes[kind]["clause"])
    table = fixture_files.toml(_FILE)["prerequisites"]
    return str(table.get(signature) or table.get(items) or table[""])


@cache
def sends_plain_requests(clause: str) -> bool:
    """Whether the requests of a clause's checks are such as every other check sends."""
    patterns = fixture_files.toml(_FILE)["plain"]["clauses"]
    return any(fnmatch(clause, pattern) for pattern in patterns)


@cache
def rank(clause: str) -> int:
    """The place of a clause among all, the most fundamental first."""
    order = fixture_files.toml(_FILE)["rank"]["order"]
    matching = (place for place, pattern in enumerate(order) if fnmatch(clause, pattern))
    return next(matching, len(order))


@cache
def follows(consequence: str, clause: str) -> bool:
    """Whether a failure of `consequence` is to be expected where `clause` fails."""
    table = fixture_files.toml(_FILE)["consequences"]
    patterns = [each for name, row in table.items() if fnmatch(clause, name) for each in row]
    return any(fnmatch(consequence, pattern) for pattern in patterns)
