"""The page, from the object that report.json holds.

Everything in it comes from an untrusted endpoint: jinja2 escapes all of it, and the page's own
policy forbids scripts, requests and styles but the one that is in it.
"""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import jinja2

from conformance.data import status_meanings
from conformance.report.html import heat_map, sections

FOLDER = Path(__file__).parent
PARTS = {
    "http": "over HTTP",
    "weaviate": "through a real Weaviate",
    "comparison": "beside other vectors",
    "container": "as a container",
}
"""What the parts of a run are called, by their names in report.json."""


def render(document: dict[str, Any]) -> str:
    """The page for a report."""
    environment = _environment()
    style = environment.get_template("style.css.jinja").render(shades=heat_map.shades())
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("page.html.jinja").render(
        report=document,
        style=style,
        style_digest=digest,
        groups=sections.groups(document),
        counts=sections.counts(document["clauses"]),
        meanings=status_meanings.meanings(),
        parts=PARTS,
        titles={clause["id"]: clause["title"] for clause in document["clauses"]},
        measurements=sections.measurements(document),
        versioned=sections.versioned(document),
        maps={name: heat_map.cells(figure) for name, figure in document["figures"].items()},
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["slug"] = lambda text: text.replace(" ", "-").replace("/", "")
    environment.filters["figure"] = lambda value: (
        value if isinstance(value, str) else f"{value:.5g}"
    )
    return environment
