"""A Sphinx directive, `published-results`, that shows all of `results/` on one page.

Reports quote what untrusted endpoints said, so the page is built from text nodes, not from markup.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from lab.published import Target, read_targets, rows

SIGNS = {"pass": "✓", "warn": "!", "fail": "✗", "error": "E", "not judged": "?", "not run": "?"}


class PublishedResults(Directive):  # type: ignore[misc]  # docutils has no types
    """The targets with their findings, then the clauses that at least one target does not meet."""

    def run(self) -> list[nodes.Node]:
        targets = read_targets()
        return [_summary(targets), *map(_target, targets), _clauses(targets)]


def _summary(targets: Sequence[Target]) -> nodes.Node:
    return _table(("Target", "Verdict", "MUST", "SHOULD", "Weights", "Date"), map(_row, targets))


def _row(target: Target) -> list[str]:
    report = target.report
    must = sum(finding["level"] == "MUST" for finding in report["findings"])
    should = len(report["findings"]) - must
    findings = [str(must), str(should)]
    return [target.title, report["verdict"], *findings, report["weights"], report["started"][:10]]


def _target(target: Target) -> nodes.Node:
    report = target.report
    suite = f"suite {report['suite']['version']}, commit {report['suite']['commit'][:10]}"
    counts = ", ".join(f"{count} {status}" for status, count in report["counts"].items())
    history = [f"{run['started'][:10]} {run['verdict']}" for run in report["history"]]
    paragraphs = [
        f"{report['verdict']}: {counts} ({report['model']}; {suite}).",
        target.about,
        f"Tested: {target.source}.",
        f"Earlier runs: {'; '.join(history)}." if history else "",
    ]
    section = _section(target.title, target.name)
    section += [nodes.paragraph(text=text) for text in paragraphs if text]
    section += nodes.literal_block(target.reproduce, target.reproduce, language="console")
    section += [_finding(finding) for finding in report["findings"]]
    return section


def _finding(finding: dict[str, Any]) -> nodes.Node:
    """A definition list with one item."""
    body = [f"got: {finding['got']}", f"expected: {finding['expected']}", finding["why"]]
    if finding["also"]:
        body.append(f"same cause: {', '.join(finding['also'])}")
    term = nodes.term(text=f"{finding['clause']} ({finding['level']}): {finding['title']}")
    lines = [nodes.paragraph(text=line) for line in body if line]
    item = nodes.definition_list_item("", term, nodes.definition("", *lines))
    return nodes.definition_list("", item)


def _clauses(targets: Sequence[Target]) -> nodes.Node:
    section = _section("Clauses that a target does not meet", "clauses-not-met")
    section += nodes.paragraph(text="✓ pass, ✗ fail, ! warn, ? not judged.")
    shown = (
        [f"{clause['id']} {clause['title']}", *(SIGNS.get(status, "·") for status in statuses)]
        for clause, statuses in rows(targets)
    )
    section += _table(["Clause", *(target.title for target in targets)], shown)
    return section


def _section(title: str, name: str) -> nodes.section:
    return nodes.section("", nodes.title(text=title), ids=[name], names=[name])


def _table(titles: Sequence[str], lines: Iterable[Sequence[str]]) -> nodes.table:
    head = nodes.thead("", _table_row(titles))
    body = nodes.tbody("", *map(_table_row, lines))
    columns = [nodes.colspec(colwidth=1) for _ in titles]
    return nodes.table("", nodes.tgroup("", *columns, head, body, cols=len(titles)))


def _table_row(cells: Sequence[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))


def setup(app: Any) -> dict[str, Any]:
    """Sphinx calls this."""
    app.add_directive("published-results", PublishedResults)
    return {"parallel_read_safe": True}
