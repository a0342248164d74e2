"""badge.json, for services that draw badges (the schema of shields.io's endpoint)."""

import json
from typing import Any, Final

LABEL: Final = "multi2vec-clip"
COLOURS: Final = {
    "conformant": "brightgreen",
    "partial": "yellow",
    "known failures": "yellow",
    "incomplete": "orange",
    "not conformant": "red",
    "error": "lightgrey",
}
"""By verdict; the names are the badge services' own."""


def render(document: dict[str, Any]) -> str:
    """The badge of a report, as a badge service reads it."""
    badge = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": document["verdict"],
        "color": COLOURS[document["verdict"]],
        "isError": document["verdict"] == "error",
    }
    return json.dumps(badge, indent=2) + "\n"
