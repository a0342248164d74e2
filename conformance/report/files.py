"""Write the files of ``--report DIR``: report.json and the files generated from it.

In report.md, text from the endpoint is put in code spans, which disable markup and @mentions.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2

from conformance.data import statuses
from conformance.report import html
from conformance.report.document import left_out
from conformance.report.verdict import VERDICTS

SUMMARY: Final = Path(__file__).parent / "templates" / "report.md.jinja"
LABEL: Final = "multi2vec-clip"
"""The badge's label."""
SHOWN: Final = 300
"""Maximum length of an observed result in report.md."""
IN_FULL: Final = 10
"""Number of findings in report.md, since CI systems limit a job summary."""


def write(folder: Path, document: dict[str, Any], bodies: Mapping[str, bytes]) -> None:
    """Write report.json, the files made from it, and the bodies of requests by their paths."""
    contents = {
        "report.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "report.html": html.render(document),
        "report.md": summary(document),
        "badge.json": badge(document),
    }
    for path, body in bodies.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(body)
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")


def badge(document: dict[str, Any]) -> str:
    """badge.json: the verdict, for services that draw badges (the schema is shields.io's)."""
    verdict = document["verdict"]
    told = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": verdict,
        "color": VERDICTS[verdict].badge,
        "isError": verdict == "error",
    }
    return json.dumps(told, indent=2) + "\n"


def summary(document: dict[str, Any]) -> str:
    """report.md: the result for a pull request or the summary of a job."""
    environment = jinja2.Environment(
        autoescape=False, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = code
    environment.filters["block"] = block
    template = environment.from_string(SUMMARY.read_text(encoding="utf-8"))
    findings = document["findings"]
    tried = [each for each in statuses.columns() if not statuses.rows()[each].left_out]
    return template.render(
        report=document,
        left_out=left_out(document),
        counted=[finding for finding in findings if not finding["not_counted"]],
        others=[finding for finding in findings if finding["not_counted"]],
        in_full=IN_FULL,
        columns=[status for status in tried if status in document["counts"]],
        rows=_rows(document),
    )


def _rows(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """For each group that was tried, its title and the statuses of its clauses."""
    tried = dict.fromkeys(clause["group"] for clause in document["clauses"] if clause["tests"])
    return [
        (title, [each["status"] for each in document["clauses"] if each["group"] == title])
        for title in tried
    ]


def code(text: str) -> str:
    """A single-line code span with the text, shortened, regardless of its characters."""
    line = " ".join(text.split())
    shown = line if len(line) <= SHOWN else f"{line[:SHOWN]} …"
    fence = _fence(shown, 1)
    # Markdown strips these spaces, which separate a backtick from the fence.
    return f"{fence} {shown or '(empty)'} {fence}"


def block(text: str) -> str:
    """A fenced block with one line of text."""
    fence = _fence(text, 3)
    return f"{fence}\n{' '.join(text.splitlines())}\n{fence}"


def _fence(text: str, shortest: int) -> str:
    runs = [len(run) for run in re.findall(r"`+", text)]
    return "`" * max([shortest, *(run + 1 for run in runs)])
