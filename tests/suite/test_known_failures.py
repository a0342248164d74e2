"""Known failures do not count, and cannot go stale."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from conformance.data import clauses
from conformance.report import known_failures
from conformance.report.clause_result import ClauseResult
from conformance.report.known_failures import BadKnownFailures, KnownFailure, KnownFailures
from conformance.report.phase_result import PhaseResult
from conformance.report.verdict import STALE
from tests.endpoints import registry
from tests.suite.conftest import MODEL, Command, Serve

META = ("-k", "test_meta.py")


@pytest.fixture
def broken_meta(served: Serve) -> str:
    """The URL of an endpoint whose /meta is a list."""
    return served(registry.find("meta-array").build())


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A file that knows of it."""
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\nclause = "MET-01"\nreason = "our proxy, ticket 12"\n')
    return file


def report_of(folder: Path) -> dict[str, Any]:
    """The report in a folder."""
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def test_a_known_failure_does_not_count(
    command: Command, broken_meta: str, known: Path, tmp_path: Path
) -> None:
    options = ("--clause", "MET-01", "--known-failures", known, "--report", tmp_path)
    done = command(broken_meta, *MODEL, *options)
    report = report_of(tmp_path)
    assert (done.status, report["verdict"]) == (0, "known failures")
    assert {each["id"]: each["status"] for each in report["clauses"]}["MET-01"] == "known"
    assert report["findings"][0]["not_counted"] == "known: our proxy, ticket 12"
    assert "known: our proxy, ticket 12" in " ".join(done.lines)
    assert "1 defect" not in done.lines


def test_one_that_passes_again_is_an_error_of_one_line(
    command: Command, plain_url: str, known: Path
) -> None:
    done = command(plain_url, *MODEL, *META, "--known-failures", known)
    assert done.status == STALE
    told = [line for line in done.lines if "MET-01 passes" in line]
    assert told == [f"no longer failing: MET-01 passes; take out of {known} (exit status {STALE})"]


def test_one_that_was_not_run_is_not_stale(command: Command, plain_url: str, known: Path) -> None:
    done = command(plain_url, *MODEL, "--clause", "PRB-01", "--known-failures", known)
    assert done.status == 0


def test_another_failure_still_counts(command: Command, served: Serve, known: Path) -> None:
    other = served(registry.find("live-404").build())
    done = command(other, *MODEL, "-k", "test_probes", "--known-failures", known)
    assert done.status == 1


@pytest.mark.parametrize("name", ["new.toml", "new.json"])
def test_what_was_written_makes_the_next_run_good(
    command: Command, broken_meta: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    assert command(broken_meta, *MODEL, *META, "--write-known-failures", file).status == 1
    assert "not yet explained: " in file.read_text()
    assert command(broken_meta, *MODEL, *META, "--known-failures", file).status == 0


def test_reasons_outlive_being_written_again(
    command: Command, broken_meta: str, known: Path
) -> None:
    both = ("--known-failures", known, "--write-known-failures", known)
    command(broken_meta, *MODEL, *META, *both)
    entries = tomllib.loads(known.read_text())["known"]
    assert "our proxy, ticket 12" in [each["reason"] for each in entries]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "Expected '='"),
        ("other = []", "no list 'known'"),
        ('[[known]]\nclause = "MET-01"', "a clause or a test, and a reason"),
        ('[[known]]\nreason = "r"', "a clause or a test, and a reason"),
        ('[[known]]\nclause = "XXX-99"\nreason = "r"', "there is no clause XXX-99"),
        ('[[known]]\nclause = "MET-01"\nwhy = "r"\nreason = "r"', "a clause or a test"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text)
    with pytest.raises(BadKnownFailures, match=re.escape(said)) as caught:
        known_failures.read(file)
    assert "\n" not in str(caught.value)


CLAUSE = next(iter(clauses.all_clauses().values()))


def result(*statuses: str) -> ClauseResult:
    """A clause whose tests, numbered from 0, have these statuses."""
    tests = tuple(
        PhaseResult(f"test {number}", CLAUSE.id, status)  # type: ignore[arg-type]
        for number, status in enumerate(statuses)
    )
    return ClauseResult(CLAUSE, "fail", tests)


def test_a_test_alone_can_be_known() -> None:
    entries = KnownFailures((KnownFailure("why", test="test 0"),))
    assert entries.applied(result("fail", "pass")).status == "known"
    assert entries.applied(result("fail", "fail")).status == "fail"


def test_an_error_of_the_suite_is_never_known() -> None:
    entries = KnownFailures((KnownFailure("why", clause=CLAUSE.id),))
    assert entries.applied(result("error", "fail")).status == "error"


def test_a_test_that_is_no_more_is_stale_in_a_whole_run() -> None:
    entries = KnownFailures((KnownFailure("why", test="gone"),))
    assert entries.stale([result("pass")], whole=True) == ("gone",)
    assert entries.stale([result("pass")], whole=False) == ()
