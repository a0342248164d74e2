"""What the terminal shows at the end: what is wrong, the scoreboard, the verdict."""

import io
from collections.abc import Iterator, Sequence
from itertools import groupby

import pytest
from rich.console import Console
from rich.text import Text

from conformance.data import clauses
from conformance.expect.statuses import Status
from conformance.options.settings import Settings
from conformance.report import finding_text, scoreboard
from conformance.report.clause_result import ClauseResult
from conformance.report.detail import Detail
from conformance.report.scoreboard import STYLE
from conformance.report.verdict import STALE, Judgement, Verdict

WIDEST = 100
FEW = 3
"""Clauses of a group that are listed one by one."""
FOR_THE_FILE = "beside "
"""Measurements of single inputs: a hundred of them, for report.json."""


def write(
    reporter: pytest.TerminalReporter, judgement: Judgement, settings: Settings, detail: Detail
) -> None:
    """Write it to pytest's terminal, as wide as that is, in colour where it has some."""
    sink = io.StringIO()
    colour = bool(reporter.hasmarkup)
    width = min(WIDEST, reporter._tw.fullwidth)
    # pytest has found out whether there is colour; rich would ask the environment again.
    console = Console(
        file=sink,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
    )
    if detail is not Detail.VERDICT:
        finding_text.show(console, judgement, detail)
        console.print(scoreboard.table(judgement.results))
        console.print(scoreboard.legend(judgement.results))
        for status in ("error", "not run"):
            _list(console, judgement.results, status)
        if detail is Detail.ALL:
            console.print(_measured(judgement))
        if judgement.profiles["weaviate"] == "disabled":
            console.print(_hint(judgement))
        _files(console, settings)
    _stale(console, settings, judgement)
    console.print(_verdict_line(judgement, settings))
    reporter.write("".join(f"{line.rstrip()}\n" for line in sink.getvalue().splitlines()))


def _list(console: Console, results: Sequence[ClauseResult], status: Status) -> None:
    """The clauses of this status, those together that say the same."""
    told: dict[str, list[str]] = {}
    for result in results:
        if result.status == status:
            message = next((each.message for each in result.tests if each.message), "")
            told.setdefault(message.partition("\n")[0], []).append(result.clause.id)
    for message, ids in told.items():
        line = Text(f"{status}: ", style=STYLE[status])
        line.append(f"{', '.join(_folded(ids))}: {message}".rstrip(": "), style="default")
        console.print(line)


def _folded(ids: Sequence[str]) -> Iterator[str]:
    """Clause ids; `ALN-*` for all of a group, and how many where they are more than a few."""
    for prefix, group in groupby(ids, lambda clause: clause.partition("-")[0]):
        mine = list(group)
        of_group = [known for known in clauses.all_clauses() if known.startswith(f"{prefix}-")]
        if len(mine) == len(of_group) > 1:
            yield f"{prefix}-*"
        elif len(mine) > FEW:
            yield f"{len(mine)} of {prefix}"
        else:
            yield from mine


def _hint(judgement: Judgement) -> Text:
    """How to turn Weaviate on, in the words of the checks that were disabled."""
    mine = [r for r in judgement.results if r.clause.group.profile == "weaviate" and r.tests]
    return Text(mine[0].tests[0].message if mine else "", style="dim")


def _measured(judgement: Judgement) -> Text:
    shown = {n: v for n, v in judgement.measurements.items() if not n.startswith(FOR_THE_FILE)}
    lines = [f"  {name}: {value}" for name, value in sorted(shown.items())]
    return Text("\n".join(["measured", *lines]) if lines else "")


def _files(console: Console, settings: Settings) -> None:
    if settings.report is not None:
        page = settings.report / "report.html"
        console.print(Text(f"report: {page}", style="dim"), soft_wrap=True)
    if settings.write_known_failures is not None:
        console.print(f"known failures written to {settings.write_known_failures}", soft_wrap=True)


def _stale(console: Console, settings: Settings, judgement: Judgement) -> None:
    if judgement.stale:
        names = ", ".join(judgement.stale)
        many = "passes" if len(judgement.stale) == 1 else "pass"
        line = f"no longer failing: {names} {many}; take out of {settings.known_failures}"
        console.print(Text(f"{line} (exit status {STALE})", style="bold red"), soft_wrap=True)


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
