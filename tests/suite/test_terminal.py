"""The terminal output: one screen, worst findings first, at the requested level of detail."""

import io
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from conformance.command.display import Progress
from conformance.data import clauses
from conformance.data.models import Model
from conformance.data.statuses import Status
from conformance.options.settings import Settings
from conformance.report import terminal
from conformance.report.findings import Finding
from conformance.report.results import PhaseResult, Problem
from conformance.report.terminal import Detail
from conformance.report.verdict import Judgment, judge
from tests.endpoints import registry
from tests.endpoints.endpoint import Body, Endpoint
from tests.suite.conftest import MODEL, Command, Serve

SCREEN = 50
"""Number of rows of a typical window."""
SETTINGS = Settings("http://h", Model("tag"), "stand-in", weaviate="off")


def text_of(findings: list[Finding], detail: Detail = Detail.SCREEN) -> str:
    """The output for these findings, in 80 columns without color."""
    judgment = Judgment("not conformant", {}, (), 1.0, 1.0, findings=tuple(findings))
    sink = io.StringIO()
    console = Console(file=sink, width=80, no_color=True, highlight=False)
    terminal.show_findings(console, judgment, detail)
    return sink.getvalue()


def finding(clause: str, text: str = "something") -> Finding:
    return Finding(Problem(clause, "a test", text, text, "other", repeat=(f"curl {text}",) * 2))


def test_twenty_long_findings_fit_a_screen() -> None:
    long = "word " * 1_000
    shown = text_of([finding(clause, long) for clause in list(clauses.all_clauses())[:20]])
    # A curl command is a single line, so that it can be copied; the terminal wraps it.
    rows = sum(len(line.rstrip()) // 80 + 1 for line in shown.splitlines())
    assert rows <= SCREEN
    assert "20 defects, worst first" in shown
    assert "… and 11 more" in shown


def test_all_of_it_is_there_when_asked_for() -> None:
    long = "word " * 1_000
    shown = text_of(
        [finding(clause, long) for clause in list(clauses.all_clauses())[:20]], Detail.ALL
    )
    assert shown.count("curl word") == 40
    assert "more" not in shown


def test_a_finding_names_what_else_it_shows_in() -> None:
    one = finding("IMG-02")
    one.also, one.not_judged = {"IMG-01"}, {"IMG-03", "IMG-12"}
    lines = [line.strip() for line in text_of([one]).splitlines()]
    assert "same cause: IMG-01" in lines
    assert "not judged: IMG-03, IMG-12" in lines


def test_nothing_wrong_takes_no_line() -> None:
    assert text_of([]) == ""


class Log:
    """A terminal of 80 columns without color, such as a CI log."""

    hasmarkup = isatty = False
    _tw = SimpleNamespace(fullwidth=80)

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def write_line(self, text: str) -> None:
        self.text += f"{text}\n"


def shown(statuses: dict[str, Status], narrowed: bool = False, log: Sequence[str] = ()) -> str:
    """The output for a run with these statuses, one test per clause."""
    sink, every = Log(), clauses.all_clauses()
    reporter = cast(pytest.TerminalReporter, sink)
    progress = Progress(reporter, statuses)
    results = [PhaseResult(f"test of {name}", name, statuses[name]) for name in statuses]
    for result in results:
        progress.begin(result.clause)
        progress.note(result)
    assert set(statuses) <= set(every)
    judgment = judge(results, SETTINGS, narrowed, 1.0)
    terminal.write(reporter, judgment, SETTINGS, Detail.SCREEN, log)
    return sink.text


def test_a_whole_run_is_read_in_a_log() -> None:
    http = [each.id for each in clauses.all_clauses().values() if each.group.profile == "http"]
    text = shown(dict.fromkeys(http, "pass"))
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in text
    assert len([line for line in lines if line.startswith("PRB  Probes")]) == 2
    assert [line for line in lines if line.startswith("all ")]
    assert "verdict: conformant" in text
    assert len(lines) < SCREEN


def test_the_scoreboard_of_a_part_has_its_groups_alone() -> None:
    lines = shown({"IMG-01": "pass", "VEC-01": "warn"}, narrowed=True).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("clauses "))
    rows = [line.split()[0] for line in lines[start + 1 : start + 4]]
    assert rows == ["VEC", "IMG", "all"]
    assert not any(line.startswith("PRB") for line in lines)


def test_one_group_needs_no_sum() -> None:
    lines = shown({"IMG-01": "pass"}, narrowed=True).splitlines()
    assert not any(line.startswith("all ") for line in lines)


def test_a_containers_log_comes_below_a_verdict_that_is_not_good() -> None:
    assert shown({"MET-01": "fail"}, log=["it broke"]).endswith("log ends with:\n  | it broke\n")
    assert "it broke" not in shown({"MET-01": "pass"}, narrowed=True, log=["it broke"])


def test_measurements_are_shown_when_asked_for(command: Command, plain_url: str) -> None:
    done = command(plain_url, *MODEL, "--clause", "VEC-08", "-v")
    assert "  dimension: 512" in done.lines


def test_quiet_is_the_verdict_alone(command: Command, plain_url: str) -> None:
    done = command(plain_url, *MODEL, "--clause", "MET-01", "-q")
    assert done.lines[0].startswith("verdict: partial")
    # The line with profiles and times may wrap.
    assert len(" ".join(done.lines)) < 300


@pytest.mark.parametrize(("variable", "colored"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_color_is_as_the_environment_says(
    command: Command, plain_url: str, monkeypatch: pytest.MonkeyPatch, variable: str, colored: bool
) -> None:
    monkeypatch.setenv(variable, "1")
    done = command(plain_url, *MODEL, "--clause", "MET-01")
    assert ("\x1b[" in done.out) == colored


class StandIn(Endpoint):
    """Serves a stand-in, as the reference does by default, and says so in /meta."""

    def description(self) -> Body:
        return {**super().description(), "weights": "stand-in"}


def test_a_stand_in_judged_as_published_weights_is_pointed_out(
    command: Command, served: Serve
) -> None:
    url = served(StandIn(registry.encoder(registry.MULTILINGUAL)))
    hint = "The endpoint's /meta says that it serves a stand-in: add --weights stand-in."
    asked = (url, "--model", registry.MULTILINGUAL, "--weaviate", "off", "--clause", "ALN-01")
    assert hint in command(*asked).lines
    assert hint not in command(*asked, "--weights", "stand-in").lines
