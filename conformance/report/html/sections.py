"""The report's parts in the order in which the page shows them."""

from typing import Any

ORDER = (
    "fail",
    "error",
    "warn",
    "not judged",
    "not run",
    "known",
    "pass",
    "skipped",
    "disabled",
    "n/a",
)
"""Statuses, those to look at first."""
SINGLE = "beside "
"""Measurements of single items, a hundred of them, begin with this."""


def groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Each group with its clauses and how many of them have each status."""
    titles = dict.fromkeys(clause["group"] for clause in document["clauses"])
    return [_group(document, title) for title in titles]


def _group(document: dict[str, Any], title: str) -> dict[str, Any]:
    mine = [clause for clause in document["clauses"] if clause["group"] == title]
    return {"title": title, "clauses": mine, "counts": counts(mine)}


def counts(clauses: list[dict[str, Any]]) -> dict[str, int]:
    """How many of the clauses have each status, those to look at first."""
    found = [clause["status"] for clause in clauses]
    return {status: found.count(status) for status in ORDER if status in found}


def measurements(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What was measured, by the group whose clauses measured it; single items apart."""
    values = document["measurements"]
    found = []
    for group in groups(document):
        names = [name for clause in group["clauses"] for name in clause["measurements"]]
        unique = list(dict.fromkeys(names))
        if unique:
            plain = {name: values[name] for name in unique if not name.startswith(SINGLE)}
            single = {name: values[name] for name in unique if name.startswith(SINGLE)}
            found.append({"title": group["title"], "plain": plain, "single": single})
    return found


def versioned(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The clauses that hold for some releases of Weaviate only."""
    return [clause for clause in document["clauses"] if clause["versions"]]
