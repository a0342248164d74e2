"""badge.svg, and badge.json for services that draw badges (the schema of shields.io's endpoint)."""

import json
from pathlib import Path
from typing import Any, Final

import jinja2

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
DRAWN: Final = {
    "brightgreen": "#2c8a3d",
    "yellow": "#a07500",
    "orange": "#b85c00",
    "red": "#c0362c",
    "lightgrey": "#6b7280",
}
"""What they are drawn as here: white text is readable on each (a contrast of 4 and more)."""
LETTER: Final = 6.6
"""Pixels that a letter of 11 px takes, on average; the text is stretched to fit."""
MARGIN: Final = 12
TEMPLATE: Final = Path(__file__).parent / "badge.svg.jinja"


def endpoint_json(document: dict[str, Any]) -> str:
    """What a badge service reads."""
    colour = COLOURS[document["verdict"]]
    badge = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": document["verdict"],
        "color": colour,
        "isError": document["verdict"] == "error",
    }
    return json.dumps(badge, indent=2) + "\n"


def svg(document: dict[str, Any]) -> str:
    """The badge as an image."""
    message = document["verdict"]
    left, right = (round(len(text) * LETTER) + MARGIN for text in (LABEL, message))
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    colour = DRAWN[COLOURS[message]]
    return template.render(
        label=LABEL, message=message, colour=colour, left=left, right=right, margin=MARGIN
    )
