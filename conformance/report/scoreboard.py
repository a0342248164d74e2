"""What the terminal shows after pytest's output: a row a clause group, what failed, the verdict."""

import io
from collections import Counter
from collections.abc import Sequence

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.data import clauses
from conformance.expect.statuses import Status
from conformance.options.settings import Settings
from conformance.report import compatibility
from conformance.report.findings import Finding
from conformance.report.phase_result import PhaseResult
from conformance.report.verdict import ClauseResult, Judgement, Verdict

# pytest's category, its letter and its word; statuses that pytest knows keep pytest's own.
SHOWN: dict[Status, tuple[str, str, str]] = {
    "pass": ("passed", ".", "PASS"),
    "warn": ("warn", "w", "WARN"),
    # Not pytest's own "failed": each failure would be shown once more, test by test.
    "fail": ("fail", "F", "FAIL"),
    "error": ("error", "E", "ERROR"),
    "skipped": ("skipped", "s", "SKIPPED"),
    "disabled": ("disabled", "d", "DISABLED"),
    "not judged": ("not judged", "-", "NOT JUDGED"),
    "not run": ("not run", "N", "NOT RUN"),
    "n/a": ("n/a", "n", "N/A"),
}
STYLE: dict[str, str] = {
    "pass": "green",
    "warn": "yellow",
    "fail": "bold red",
    "error": "bold magenta",
    "not judged": "magenta",
    "not run": "magenta",
    "conformant": "bold green",
    "partial": "bold yellow",
    "incomplete": "bold magenta",
    "not conformant": "bold red",
}
ORDER: tuple[Status, ...] = (
    "pass",
    "warn",
    "fail",
    "error",
    "not judged",
    "not run",
    "skipped",
    "disabled",
    "n/a",
)
WIDTH = 100
FOR_THE_FILE = "beside "
"""Measurements of single inputs: a hundred of them, for report.json."""


def shown(report: PhaseResult) -> tuple[str, str, str]:
    """What pytest prints for one phase of a test; a phase that says nothing prints nothing."""
    if report.when != "call" and report.status == "pass":
        return "", "", ""
    return SHOWN[report.status]


def write(reporter: pytest.TerminalReporter, judgement: Judgement, settings: Settings) -> None:
    """Write the scoreboard to pytest's terminal."""
    sink = io.StringIO()
    colour = bool(reporter.hasmarkup)
    console = Console(
        file=sink, width=WIDTH, force_terminal=colour, highlight=False, no_color=not colour
    )
    console.print()
    for finding in judgement.findings:
        console.print(finding_text(finding), soft_wrap=True)
        console.print()
    console.print(_table(judgement.results))
    if judgement.compatibility:
        console.print(compatibility.table(judgement.compatibility))
    for status in ("error", "not run"):
        _list(console, judgement.results, status)
    console.print(_measured(judgement))
    if judgement.profiles["weaviate"] == "disabled":
        console.print(_hint(judgement))
    console.print(_verdict_line(judgement, settings))
    reporter.write(sink.getvalue())


def _table(results: Sequence[ClauseResult]) -> Table:
    present = [s for s in ORDER if any(result.status == s for result in results)]
    table = Table(title="Clauses of the multi2vec-clip contract", title_justify="left")
    table.add_column("group")
    for status in present:
        table.add_column(status, justify="right", style=STYLE.get(status, "dim"))
    for group in clauses.groups():
        counts = Counter(r.status for r in results if r.clause.group == group)
        cells = [str(counts[status] or "·") for status in present]
        table.add_row(f"{group.id}  {group.title}", *cells)
    totals = Counter(result.status for result in results)
    table.add_section()
    table.add_row("all", *(str(totals[status]) for status in present))
    return table


def finding_text(finding: Finding) -> Text:
    """A finding in full: what is wrong, how to see it again, and where else it shows."""
    clause, problem = finding.clause, finding.problem
    style = STYLE["fail" if clause.level == "MUST" else "warn"]
    shown = Text(f"{clause.id} ({clause.level}): {clause.title}", style=style)
    rows = [("got", problem.got), ("expected", problem.expected), ("why", clause.reason)]
    rows += [("repeat", line) for line in problem.repeat]
    rows += [("also seen in", ", ".join(sorted(finding.also)))] * bool(finding.also)
    waiting = ", ".join(sorted(finding.not_judged))
    rows += [("not judged for it", waiting)] * bool(waiting)
    for name, value in rows:
        shown.append(f"\n  {name + ':':9} {value}", style="default")
    return shown


def _list(console: Console, results: Sequence[ClauseResult], status: Status) -> None:
    for result in results:
        if result.status != status:
            continue
        line = Text(f"{status:8}", style=STYLE[status])
        line.append(f"{result.clause.id} {result.clause.level:6} ", style="default")
        line.append(result.clause.title, style="default")
        console.print(line)
        told = next((test.message for test in result.tests if test.message), "")
        if told:
            console.print(Text(f"         {told}", style="dim"))


def _hint(judgement: Judgement) -> Text:
    """How to turn Weaviate on, in the words of the checks that were disabled."""
    mine = [r for r in judgement.results if r.clause.group.profile == "weaviate" and r.tests]
    return Text(mine[0].tests[0].message if mine else "", style="dim")


def _measured(judgement: Judgement) -> Text:
    shown = {n: v for n, v in judgement.measurements.items() if not n.startswith(FOR_THE_FILE)}
    lines = [f"  {name}: {value}" for name, value in sorted(shown.items())]
    return Text("\n".join(["measured", *lines]) if lines else "")


def _verdict_line(judgement: Judgement, settings: Settings) -> Text:
    line = Text("verdict: ")
    line.append(judgement.verdict, style=STYLE.get(judgement.verdict, "bold"))
    profiles = ", ".join(f"{name} {_word(value)}" for name, value in judgement.profiles.items())
    line.append(f"  ({profiles}; {settings.model.tag}, {settings.weights} weights, ")
    line.append(
        f"{judgement.seconds:.1f} s, {judgement.endpoint_seconds:.1f} s of them in the endpoint)"
    )
    return line


def _word(verdict: Verdict) -> str:
    return "disabled (not asked for)" if verdict == "disabled" else verdict
