"""report.md: the result for a pull request or the summary of a job.

What an endpoint said stands in code spans, where neither markup nor a mention of somebody works.
"""

import re
from pathlib import Path
from typing import Any, Final

import jinja2

TEMPLATE: Final = Path(__file__).parent / "report.md.jinja"
SHOWN: Final = 300
"""Characters of what was got."""
IN_FULL: Final = 10
"""Findings; the summary of a job is bounded."""
STATUSES: Final = ("pass", "warn", "fail", "error", "not judged", "not run", "known", "n/a")


def render(document: dict[str, Any]) -> str:
    """The text for a report."""
    environment = jinja2.Environment(
        autoescape=False, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = code
    environment.filters["block"] = block
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    findings = document["findings"]
    return template.render(
        report=document,
        counted=[finding for finding in findings if not finding["not_counted"]],
        others=[finding for finding in findings if finding["not_counted"]],
        in_full=IN_FULL,
        columns=[status for status in STATUSES if status in document["counts"]],
        rows=_rows(document),
    )


def _rows(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    titles = list(dict.fromkeys(clause["group"] for clause in document["clauses"]))
    return [
        (title, [each["status"] for each in document["clauses"] if each["group"] == title])
        for title in titles
    ]


def code(text: str) -> str:
    """A code span of one line that holds the text, cut, whatever is in it."""
    line = " ".join(text.split())
    shown = line if len(line) <= SHOWN else f"{line[:SHOWN]} …"
    fence = _fence(shown, 1)
    # The blanks go away when it is shown, and keep a backtick apart from the fence.
    return f"{fence} {shown or '(empty)'} {fence}"


def block(text: str) -> str:
    """A fenced block that holds the text of one line."""
    fence = _fence(text, 3)
    return f"{fence}\n{' '.join(text.splitlines())}\n{fence}"


def _fence(text: str, shortest: int) -> str:
    runs = [len(run) for run in re.findall(r"`+", text)]
    return "`" * max([shortest, *(run + 1 for run in runs)])
