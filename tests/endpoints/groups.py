"""Groups of conformant variations in different stages, combined into one endpoint per run.

The stages of a variation call `super()`, so that several variations can be base classes of one
class. The plain endpoint varies nothing, so every group implicitly contains it.
"""

from collections.abc import Sequence

from tests.endpoints import registry
from tests.endpoints.judging import judge
from tests.endpoints.registry import Entry

GROUPS = [tuple(group) for group in registry.legal_rows()["group"] if "plain" not in group]
WARNINGS: dict[str, str] = registry.legal_rows()["warnings"]
"""The SHOULD clauses that a variation does not meet."""


def compose(names: Sequence[str]) -> Entry:
    parts = [registry.legals()[name] for name in names]
    if len(parts) == 1:
        return parts[0]
    kind = type("Composed", tuple(part.endpoint for part in parts), {})
    hosts = {part.host for part in parts}
    host = max(hosts - {Entry.host}, default=Entry.host)
    needs = tuple(need for part in parts for need in part.needs)
    return Entry("+".join(names), "", kind, needs=needs, host=host)


def culprits(names: Sequence[str]) -> tuple[str, ...]:
    """The variations that a run does not accept: one alone, or several only in combination."""
    middle = len(names) // 2
    for half in (names[:middle], names[middle:]):
        if half and not judge(compose(half)).accepted:
            return culprits(half) if len(half) > 1 else tuple(half)
    return tuple(names)
