"""The terminal: one screen, worst first, and as much as was asked for."""

import io
import os
import subprocess

import pytest
from rich.console import Console

from conformance.data import clauses
from conformance.report import terminal
from conformance.report.detail import Detail
from conformance.report.findings import Finding
from conformance.report.problem import Problem
from conformance.report.verdict import Judgement
from tests.suite.conftest import COMMAND, MODEL, Command, Full

SCREEN = 50
"""Rows of a usual window."""
PART = ("-k", "test_probes or test_meta")


def text_of(findings: list[Finding], detail: Detail = Detail.SCREEN) -> str:
    """What is written of these findings, on 80 columns without colour."""
    judgement = Judgement("not conformant", {}, (), 1.0, 1.0, findings=tuple(findings))
    sink = io.StringIO()
    console = Console(file=sink, width=80, no_color=True, highlight=False)
    terminal.show_findings(console, judgement, detail)
    return sink.getvalue()


def finding(clause: str, text: str = "something") -> Finding:
    """A finding of that clause."""
    return Finding(Problem(clause, "a test", text, text, "other", repeat=(f"curl {text}",) * 2))


def test_twenty_long_findings_fit_a_screen() -> None:
    long = "word " * 1_000
    shown = text_of([finding(clause, long) for clause in list(clauses.all_clauses())[:20]])
    # A curl line is one line to copy, and wraps in the terminal.
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


def test_a_whole_run_is_read_in_a_log(full: Full) -> None:
    lines = full.done.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in full.done.out
    assert [line for line in lines if line.startswith("PRB  Probes")][1:], "progress and scoreboard"
    assert not any("recall@1" in line for line in lines)
    assert len(lines) < SCREEN


def test_measurements_are_shown_when_asked_for(command: Command, plain_url: str) -> None:
    done = command(plain_url, *MODEL, "--clause", "VEC-08", "-v")
    assert "  dimension: 512" in done.lines


def test_quiet_is_the_verdict_alone(command: Command, plain_url: str) -> None:
    done = command(plain_url, *MODEL, *PART, "-q")
    assert done.lines[0].startswith("verdict: partial")
    # Its profiles and times may take a second line.
    assert len(" ".join(done.lines)) < 300


@pytest.mark.parametrize(("variable", "coloured"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colour_is_as_the_environment_says(plain_url: str, variable: str, coloured: bool) -> None:
    environment = {**os.environ, variable: "1"}
    words = [COMMAND, plain_url, *MODEL, "--clause", "MET-01"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=120)
    assert ("\x1b[" in done.stdout) == coloured
