"""Each status remains distinguishable in the report and in the command's exit status."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance import expect
from tests.endpoints import registry
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.wire import Answer, Request
from tests.suite.conftest import MODEL, Command, Done, Serve

Runner = Callable[..., tuple[Done, dict[str, Any]]]


@pytest.fixture
def judged(command: Command, served: Serve, tmp_path: Path) -> Runner:
    """Runs the command against an endpoint; also returns its report."""

    def run(endpoint: str | Endpoint, *options: str) -> tuple[Done, dict[str, Any]]:
        found = registry.find(endpoint).build() if isinstance(endpoint, str) else endpoint
        done = command(served(found), *MODEL, "--report", tmp_path, *options)
        report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
        return done, report

    return run


def status(report: dict[str, Any], clause: str) -> str:
    found: dict[str, str] = {each["id"]: each["status"] for each in report["clauses"]}
    return found[clause]


@pytest.mark.parametrize(
    ("endpoint", "clause", "options", "ends"),
    [
        ("probes-200", "PRB-05", (), (0, "partial", "warn")),
        ("probes-200", "PRB-05", ("--strict",), (1, "not conformant", "fail")),
        ("texts-zero", "ALN-07", ("--strict",), (0, "partial", "pass")),
        ("meta-array", "MET-01", (), (1, "not conformant", "fail")),
        ("plain", "TXT-08", (), (6, "incomplete", "n/a")),
        ("plain", "PRB-06", (), (6, "incomplete", "n/a")),
        ("plain", "OPS-04", (), (6, "incomplete", "disabled")),
    ],
)
def test_a_status_decides_the_verdict_and_the_exit_status(
    judged: Runner, endpoint: str, clause: str, options: Sequence[str], ends: tuple[int, str, str]
) -> None:
    done, report = judged(endpoint, "--clause", clause, *options)
    assert (done.status, report["verdict"], status(report, clause)) == ends
    assert "warnings summary" not in done.out


def test_a_fault_of_the_suite_is_an_error_and_no_failure(
    judged: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("the suite's own \x1b[31m fault")

    monkeypatch.setattr(expect, "status", broken)
    done, report = judged("plain", "--clause", "PRB-01")
    assert (done.status, report["verdict"], status(report, "PRB-01")) == (3, "error", "error")
    assert "\x1b" not in json.dumps(report["clauses"][0], ensure_ascii=False)


def test_checks_that_cannot_be_imported_are_an_error_and_no_interruption(
    judged: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "conformance.checks.test_meta", None)
    done, report = judged("plain", "--clause", "MET-01")
    assert (done.status, report["verdict"], report["exit_status"]) == (3, "error", 3)
    assert "ImportError while importing test module" in done.out


@pytest.mark.parametrize(
    "options",
    [
        ("-k", "ready_answers"),
        ("--clause", "PRB-01"),
        ("--clause", "PRB-01", "--clause", "PRB-02"),
        ("--", "--ignore-glob", "*test_[!p]*"),
        (
            "-k",
            "ready",
            "--",
            "--deselect",
            "checks/test_probes.py::test_ready_answers_ready_each_time",
        ),
    ],
    ids=" ".join,
)
def test_a_narrowed_run_is_partial(judged: Runner, options: tuple[str, ...]) -> None:
    done, report = judged("plain", *options)
    assert (done.status, report["verdict"]) == (0, "partial")
    assert status(report, "PRB-01") == "pass"
    assert status(report, "TXT-01") == "skipped"


def test_last_failed_is_partial_and_runs_what_failed(judged: Runner) -> None:
    judged("meta-array", "-k", "test_meta.py")
    done, report = judged("plain", "--lf")
    assert (done.status, report["verdict"]) == (0, "partial")
    assert (status(report, "MET-01"), status(report, "PRB-01")) == ("pass", "skipped")


def test_a_run_of_nothing_is_no_success(judged: Runner) -> None:
    done, _ = judged("plain", "-k", "no_test_is_called_this")
    assert done.status not in (0, 1)


def test_a_stop_after_the_first_failure_is_a_failure(judged: Runner) -> None:
    done, report = judged("meta-array", "-k", "test_meta.py", "-x")
    assert (done.status, report["verdict"]) == (1, "not conformant")
    assert (status(report, "MET-01"), status(report, "MET-03")) == ("fail", "skipped")


class Dies(Endpoint):
    """Answers the requests before the first check and a few more, and then no others."""

    def answer(self, request: Request) -> Answer:
        if next(self.calls) > 14:
            raise ConnectionAbortedError
        return super().answer(request)


@pytest.mark.parametrize(
    ("file", "clause"), [("test_texts.py", "ERR-04"), ("test_probes.py", "OPS-03")]
)
def test_an_endpoint_that_dies_ends_the_run(judged: Runner, file: str, clause: str) -> None:
    done, report = judged(Dies(registry.find("plain").build().encoder), "-k", file)
    assert done.status == 1
    assert report["verdict"] == "not conformant"
    assert "no response to any valid request since" in " ".join(done.out.split())
    assert [finding["clause"] for finding in report["findings"]] == [clause]


def test_each_status_has_a_column_and_each_finding_a_line(judged: Runner) -> None:
    done, _ = judged("probes-200", "--clause", "PRB-01", "--clause", "PRB-05")
    table = next(line for line in done.lines if line.startswith("clauses"))
    assert table.split()[:3] == ["clauses", "pass", "warn"]
    headline = "1. PRB-05 (SHOULD) is not met: probes return status code 204"
    assert any(line.startswith(headline) for line in done.lines)
    for name in ("got:", "expected:", "why:", "reproduce:"):
        assert any(line.strip().startswith(name) for line in done.lines)
    assert any(line.startswith("verdict: partial") for line in done.lines)
    assert "weaviate disabled (not requested)" in " ".join(done.lines)
