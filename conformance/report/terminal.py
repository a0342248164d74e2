"""The final terminal output: findings (worst first), the scoreboard, and the verdict."""

import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import groupby

import pytest
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.data import clauses, statuses
from conformance.data.statuses import Status
from conformance.options.settings import Settings
from conformance.report.findings import Finding
from conformance.report.results import CASES_LEFT_OUT, OF_ONE_ITEM, ClauseResult
from conformance.report.verdict import STALE, VERDICTS, Judgment, Verdict

WIDEST = 100
"""Maximum width in columns."""
FEW = 3
"""Maximum number of a group's clauses that are listed individually."""
IN_FULL = 3
"""Number of findings that are shown in full."""
IN_A_LINE = 6
"""Findings that get a single line after the full ones; the rest are only counted."""
SHOWN = 150
"""Maximum length of an observed, expected, or required result."""
SHOWN_LINE = 300
"""Maximum length of a curl command."""
IDS = 12
"""Number of further clauses that a finding names."""
LABEL = 12
"""Width of a label in columns."""


class Detail(IntEnum):
    """How much is shown: with ``-q`` the verdict, with ``-v`` everything, otherwise a screenful."""

    VERDICT = 0
    SCREEN = 1
    ALL = 2


def write(
    reporter: pytest.TerminalReporter,
    judgment: Judgment,
    settings: Settings,
    detail: Detail,
    container_log: Sequence[str] = (),
) -> None:
    """Write to pytest's terminal, at its width, and in color if it supports color.

    After a bad verdict, the end of the container's log follows, whose lines must be printable.
    """
    sink = io.StringIO()
    console = _console(reporter, sink)
    if detail is not Detail.VERDICT:
        _result(console, judgment, settings, detail)
    _stale(console, settings, judgment)
    if left := judgment.measurements.get(CASES_LEFT_OUT):
        console.print(f"{CASES_LEFT_OUT}: {left} (--budget MINUTES or --slow runs more)")
    if ids := [result.clause.id for result in judgment.results if result.left_out]:
        many = f"{len(ids)} clauses" if len(ids) > 1 else "1 clause"
        console.print(f"{many} not judged for lack of time: {', '.join(_folded(ids))}")
    if settings.weights == "published" and detail is not Detail.VERDICT:
        _inexact(console, judgment, settings)
    console.print(_verdict_line(judgment, settings))
    reporter.write("".join(f"{line.rstrip()}\n" for line in sink.getvalue().splitlines()))
    if container_log and judgment.exit_status and detail is not Detail.VERDICT:
        reporter.write_line("the container's log ends with:")
        for line in container_log:
            reporter.write_line(f"  | {line}")


def _console(reporter: pytest.TerminalReporter, sink: io.StringIO) -> Console:
    # pytest has already detected color support; rich would check the environment again.
    color = bool(reporter.hasmarkup)
    return Console(
        file=sink,
        width=min(WIDEST, reporter._tw.fullwidth),
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
    )


def _result(console: Console, judgment: Judgment, settings: Settings, detail: Detail) -> None:
    show_findings(console, judgment, detail)
    console.print(_scoreboard(judgment.results))
    notes = [_legend(judgment.results)]
    for status in ("error", "not run"):
        notes += _listed_by_message(judgment.results, status)
    if detail is Detail.ALL:
        notes.append(_measured(judgment))
    if judgment.profiles["weaviate"] == "disabled":
        notes.append(_hint(judgment))
    # Without any notes, a blank line ends the scoreboard.
    for note in list(filter(None, notes)) or [Text()]:
        console.print(note)
    _files(console, settings)


def _listed_by_message(results: Sequence[ClauseResult], status: Status) -> Iterator[Text]:
    """The clauses with this status; those with the same message share a line."""
    told: dict[str, list[str]] = {}
    for result in results:
        if result.status == status:
            message = next((each.message for each in result.tests if each.message), "")
            told.setdefault(message.partition("\n")[0], []).append(result.clause.id)
    for message, ids in told.items():
        line = Text(f"{status}: ", style=statuses.rows()[status].style)
        line.append(f"{', '.join(_folded(ids))}: {message}".rstrip(": "), style="default")
        yield line


def _folded(ids: Sequence[str]) -> Iterator[str]:
    """Clause ids; `ALN-*` for all of a group, and a count if there are more than a few."""
    for prefix, group in groupby(ids, lambda clause: clause.partition("-")[0]):
        mine = list(group)
        of_group = [known for known in clauses.all_clauses() if known.startswith(f"{prefix}-")]
        if len(mine) == len(of_group) > 1:
            yield f"{prefix}-*"
        elif len(mine) > FEW:
            yield f"{len(mine)} of {prefix}"
        else:
            yield from mine


def _hint(judgment: Judgment) -> Text:
    """How to enable Weaviate, as stated by the checks that were disabled."""
    mine = [r for r in judgment.results if r.clause.group.profile == "weaviate" and r.tests]
    return Text(mine[0].tests[0].message if mine else "", style="dim")


def _measured(judgment: Judgment) -> Text:
    shown = {n: v for n, v in judgment.measurements.items() if not n.startswith(OF_ONE_ITEM)}
    lines = [f"  {name}: {value}" for name, value in sorted(shown.items())]
    return Text("\n".join(["measured", *lines]) if lines else "")


def _files(console: Console, settings: Settings) -> None:
    if settings.report is not None:
        page = settings.report / "report.html"
        console.print(Text(f"report: {page}", style="dim"), soft_wrap=True)
    if settings.write_known_failures is not None:
        console.print(f"known failures written to {settings.write_known_failures}", soft_wrap=True)


def _stale(console: Console, settings: Settings, judgment: Judgment) -> None:
    if judgment.stale:
        names = ", ".join(judgment.stale)
        many = "passes; remove it" if len(judgment.stale) == 1 else "pass; remove them"
        line = f"no longer failing: {names} {many} from {settings.known_failures}"
        console.print(Text(f"{line} (exit status {STALE})", style="bold red"), soft_wrap=True)


def _inexact(console: Console, judgment: Judgment, settings: Settings) -> None:
    """Explain what was not tested if no vectors are known for the published weights."""
    exact = {each.status for each in judgment.results if each.clause.id.startswith("EXA-")}
    if exact == {"n/a"}:
        tag, models = settings.model.tag, settings.models
        own = f"--models {models} --weights DIR" if models else "--weights hub"
        line = (
            "Exactness was tested only indirectly, with captions, published values, and image "
            "preprocessing. To record expected vectors: "
            f"clip-conformance record --reference {tag} {own} "
            f"-o ~/.local/share/clip-conformance/expected/{tag}.npz"
        )
        line += ", where DIR contains your checkpoint (docs/comparing.md)" if models else ""
        console.print(line, soft_wrap=True)


def _verdict_line(judgment: Judgment, settings: Settings) -> Text:
    line = Text("verdict: ")
    line.append(judgment.verdict, style=VERDICTS[judgment.verdict].style)
    if shipped := judgment.shipped_seen:
        many = "defects" if shipped > 1 else "defect"
        but = ": conformant except for" if judgment.verdict == "known failures" else "; also has"
        line.append(f"{but} {shipped} known {many} of this image")
    profiles = ", ".join(f"{name} {_word(value)}" for name, value in judgment.profiles.items())
    line.append(f"  ({profiles}; {settings.model.tag}, {settings.weights} weights, ")
    line.append(
        f"{judgment.seconds:.1f} s, {judgment.endpoint_seconds:.1f} s of that waiting for the "
        "endpoint)"
    )
    return line


def _word(verdict: Verdict) -> str:
    return "disabled (not requested)" if verdict == "disabled" else verdict


def show_findings(console: Console, judgment: Judgment, detail: Detail) -> None:
    """Write the findings: the worst in full, the others on one line each, on one screen.

    Findings that do not count come last.
    """
    told = [(each, judgment.why_not_counted(each)) for each in judgment.findings]
    counted = [finding for finding, why in told if not why]
    if counted:
        many = f"{len(counted)} defects, worst first" if len(counted) > 1 else "1 defect"
        console.print(Text(many, style="bold"))
    whole = detail is Detail.ALL
    # Only those of the same level as the worst.
    worst = [each for each in counted[:IN_FULL] if each.clause.level == counted[0].clause.level]
    in_full = counted if whole else worst
    for number, finding in enumerate(in_full, 1):
        _in_full(console, number, finding, whole, len(counted) == 1)
    _in_lines(console, counted[len(in_full) :], len(in_full) + 1)
    for finding, why in [(finding, why) for finding, why in told if why]:
        console.print(Text(f"{_title(finding)}: {why}", style="dim"), soft_wrap=True)
    if told:
        console.print()


def _title(finding: Finding) -> str:
    """The clause's title, marked as not met: alone it would read like an observation."""
    return f"{finding.clause.id} ({finding.clause.level}) is not met: {finding.clause.title}"


def _style(finding: Finding) -> str:
    return "bold red" if finding.clause.level == "MUST" else "yellow"


def _in_full(console: Console, number: int, finding: Finding, whole: bool, alone: bool) -> None:
    console.print(Text(f"{number}. {_title(finding)}", style=_style(finding)))
    problem, clause = finding.problem, finding.clause
    rows = [("got", problem.got), ("expected", problem.expected), ("why", clause.reason)]
    console.print(_grid((name, value if whole else _cut(value, SHOWN)) for name, value in rows))
    lines = problem.repeat if whole or alone else problem.repeat[:1]
    for label, line in zip(("reproduce", "and"), lines, strict=False):
        # A single line, so that it can be copied: the terminal wraps it.
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
        console.print(Text(f"{number}. {_title(finding)}", style=_style(finding)))
    if len(findings) > IN_A_LINE:
        console.print(f"… and {len(findings) - IN_A_LINE} more")
    if findings:
        console.print(Text("Full details: -v, or report.html with --report DIR", style="dim"))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"


def _scoreboard(every: Sequence[ClauseResult]) -> Table:
    """The scoreboard: a row for each group of clauses that ran, a column for each status."""
    results = _of_the_run(every)
    present = [s for s in statuses.columns() if any(result.status == s for result in results)]
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("clauses")
    for status in present:
        table.add_column(status, justify="right")
    groups = list(dict.fromkeys(result.clause.group for result in results))
    for group in groups:
        mine = [result for result in results if result.clause.group == group]
        table.add_row(f"{group.id}  {group.title}", *_cells(mine, present))
    if len(groups) > 1:
        table.add_row("all", *_cells(results, present), style="bold")
    return table


def _legend(every: Sequence[ClauseResult]) -> Text:
    """Explanations of the columns whose titles are not self-explanatory."""
    present = {result.status for result in _of_the_run(every)}
    rows = [row for row in statuses.rows().values() if row.explained and row.name in present]
    return Text("; ".join(f"{row.name}: {row.meaning}" for row in rows), style="dim")


def _of_the_run(every: Sequence[ClauseResult]) -> list[ClauseResult]:
    """All clauses, or only those of the groups that ran if the user chose a part."""
    chosen = any(result.status == "skipped" and not result.tests for result in every)
    touched = {result.clause.group for result in every if result.tests}
    if not (chosen and touched):
        return list(every)
    return [result for result in every if result.clause.group in touched]


def _cells(results: Sequence[ClauseResult], present: Sequence[Status]) -> list[Text]:
    counts = Counter(result.status for result in results)
    return [
        Text(str(counts[each]), statuses.rows()[each].style) if counts[each] else Text("·", "dim")
        for each in present
    ]
