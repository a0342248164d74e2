"""One endpoint beside several Weaviates: which clauses hold with which of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from conformance.data import clauses
from conformance.expect import statuses
from conformance.expect.statuses import Status
from conformance.report.phase_result import PhaseResult

Compatibility = dict[str, dict[str, Status]]
"""By the server's name, the status of each clause that was judged on it."""
TELLING: tuple[Status, ...] = ("pass", "warn", "fail", "error", "not judged", "not run", "n/a")
BAD: tuple[Status, ...] = ("fail", "error", "not judged", "not run")


def compare(results: Sequence[PhaseResult]) -> Compatibility:
    """The servers in their order, each with its clauses; empty for a run with one server."""
    found: dict[str, dict[str, list[Status]]] = {}
    for result in results:
        if result.weaviate and result.is_relevant:
            server = found.setdefault(result.weaviate, {})
            server.setdefault(result.clause, []).append(result.status)
    return {
        name: {clause: statuses.worst(found[name][clause]) for clause in sorted(found[name])}
        for name in found
    }


def verdict(judged: dict[str, Status]) -> str:
    """Whether the endpoint works with a server: yes, no, or not judged to the end."""
    known = clauses.all_clauses()
    must = {status for clause, status in judged.items() if known[clause].level == "MUST"}
    if "fail" in must:
        return "not conformant"
    return "incomplete" if must & set(BAD) else "conformant"


def rows(compatibility: Compatibility) -> list[dict[str, Any]]:
    """The table for people and for report.json: a server, its verdict, counts and bad clauses."""
    return [
        {
            "weaviate": name,
            "verdict": verdict(judged),
            "counts": dict(Counter(judged.values())),
            "clauses": judged,
            "bad": [clause for clause, status in judged.items() if status in BAD],
        }
        for name, judged in compatibility.items()
    ]


def table(compatibility: Compatibility) -> Table:
    """The table of the terminal."""
    found = rows(compatibility)
    present = [status for status in TELLING if any(row["counts"].get(status) for row in found)]
    shown = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("weaviate", "verdict", *present, "not passed"):
        shown.add_column(name, justify="right" if name in present else "left")
    for row in found:
        counts = (str(row["counts"].get(status, "·")) for status in present)
        cells = [row["weaviate"], row["verdict"], *counts, ", ".join(row["bad"])]
        shown.add_row(*map(Text, cells))
    return shown
