"""report.md and badge.json: the result where there is little room."""

import json
from typing import Any

import pytest

from conformance.report import files
from conformance.report.verdict import VERDICTS
from tests.suite.conftest import Full

OF_A_RUN = [verdict for verdict in VERDICTS if verdict != "disabled"]
SHIELDS = {"schemaVersion", "label", "message", "color", "isError"}
"""Of shields.io's endpoint schema, https://shields.io/badges/endpoint-badge."""


@pytest.mark.parametrize("verdict", OF_A_RUN)
def test_every_verdict_has_a_badge(verdict: str) -> None:
    told = json.loads(files.badge({"verdict": verdict}))
    assert set(told) == SHIELDS
    assert (told["schemaVersion"], told["message"]) == (1, verdict)


def test_a_run_leaves_its_badge(full: Full) -> None:
    assert json.loads((full.folder / "badge.json").read_text())["message"] == "conformant"


def test_the_summary_has_verdict_scoreboard_and_command(full: Full) -> None:
    text = (full.folder / "report.md").read_text()
    assert text.startswith(f"## {full.report['model']}: conformant\n")
    assert "Nothing was found wrong." in text
    assert "| Vectorize |" in text
    assert full.report["reproduce"] in text


def with_finding(report: dict[str, Any], got: str) -> str:
    """The summary of a report with one finding."""
    finding = {
        "clause": "ERR-01",
        "level": "MUST",
        "title": "title",
        "got": got,
        "expected": "`error`",
        "why": "why",
        "repeat": ["curl 'a```b'"],
        "also": ["ERR-02"],
        "not_counted": "",
    }
    return files.summary({**report, "verdict": "not conformant", "findings": [finding]})


@pytest.mark.parametrize("got", ["a | b", "<b>@somebody #1</b>", "` `` ``` x", "line\n\n# line"])
def test_what_an_endpoint_said_stays_in_its_code_span(full: Full, got: str) -> None:
    (line,) = [ln for ln in with_finding(full.report, got).splitlines() if "- got: " in ln]
    span = line.partition("- got: ")[2]
    fence = span[: len(span) - len(span.lstrip("`"))]
    inside = span[len(fence) : -len(fence)]
    assert span.endswith(fence)
    assert fence not in inside
    assert inside.strip() == " ".join(got.split())


def test_a_long_answer_is_cut(full: Full) -> None:
    assert len(with_finding(full.report, "a" * 1_000_000)) < 10_000


def test_a_curl_line_stays_in_its_block(full: Full) -> None:
    text = with_finding(full.report, "x")
    assert "````\n   curl 'a```b'\n   ````" in text
