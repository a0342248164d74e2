"""Findings in the terminal: the worst in full, the others in a line each, on one screen."""

from collections.abc import Collection, Iterable, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.report.detail import Detail
from conformance.report.findings import Finding
from conformance.report.verdict import Judgement

IN_FULL = 3
IN_A_LINE = 6
"""Findings beyond those in full that have a line; what comes after them is counted."""
SHOWN = 150
"""Characters of what was got, expected or demanded."""
SHOWN_LINE = 300
"""Characters of a curl line."""
IDS = 12
"""Clauses that a finding also shows in."""
LABEL = 12


def show(console: Console, judgement: Judgement, detail: Detail) -> None:
    """Write what is wrong, worst first, and what is wrong and does not count."""
    told = [(each, judgement.why_not_counted(each)) for each in judgement.findings]
    counted = [finding for finding, why in told if not why]
    if counted:
        _headline(console, counted)
    whole = detail is Detail.ALL
    in_full = counted if whole else _worst(counted)
    for number, finding in enumerate(in_full, 1):
        _in_full(console, number, finding, whole, len(counted) == 1)
    _in_lines(console, counted[len(in_full) :], len(in_full) + 1)
    for finding, why in [(finding, why) for finding, why in told if why]:
        console.print(Text(f"{_title(finding)}: {why}", style="dim"), soft_wrap=True)
    if told:
        console.print()


def _worst(findings: Sequence[Finding]) -> list[Finding]:
    """The first few, and beside a MUST no SHOULD."""
    return [each for each in findings[:IN_FULL] if each.clause.level == findings[0].clause.level]


def _headline(console: Console, findings: Sequence[Finding]) -> None:
    many = len(findings)
    console.print(Text("1 defect" if many == 1 else f"{many} defects, worst first", style="bold"))


def _title(finding: Finding) -> str:
    """The rule, said to be broken: alone it would read like what happened."""
    return f"{finding.clause.id} ({finding.clause.level}) is not met: {finding.clause.title}"


def style_of(finding: Finding) -> str:
    """Red for a MUST, yellow for what only should be."""
    return "bold red" if finding.clause.level == "MUST" else "yellow"


def _in_full(console: Console, number: int, finding: Finding, whole: bool, alone: bool) -> None:
    console.print(Text(f"{number}. {_title(finding)}", style=style_of(finding)))
    problem, clause = finding.problem, finding.clause
    rows = [("got", problem.got), ("expected", problem.expected), ("why", clause.reason)]
    console.print(_grid((name, value if whole else _cut(value, SHOWN)) for name, value in rows))
    lines = problem.repeat if whole or alone else problem.repeat[:1]
    for label, line in zip(("reproduce", "and"), lines, strict=False):
        # In one piece, to be copied: the terminal wraps it.
        shown = line if whole else _cut(line, SHOWN_LINE)
        console.print(Text(f"   {f'{label}:':{LABEL}}{shown}"), soft_wrap=True)
    also = [("same cause", finding.also), ("not judged", finding.not_judged)]
    console.print(_grid((name, _listed(ids, whole)) for name, ids in also if ids))


def _listed(ids: Collection[str], whole: bool) -> str:
    shown = sorted(ids) if whole else sorted(ids)[:IDS]
    more = len(ids) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _grid(rows: Iterable[tuple[str, str]]) -> RenderableType:
    table = Table.grid()
    table.add_column(width=LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(f"{name}:"), Text(value))
    return Padding(table, (0, 0, 0, 3))


def _in_lines(console: Console, findings: Sequence[Finding], first: int) -> None:
    for number, finding in enumerate(findings[:IN_A_LINE], first):
        console.print(Text(f"{number}. {_title(finding)}", style=style_of(finding)))
    if len(findings) > IN_A_LINE:
        console.print(f"… and {len(findings) - IN_A_LINE} more")
    if findings:
        console.print(Text("All in full: -v, or report.html of --report DIR", style="dim"))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"
