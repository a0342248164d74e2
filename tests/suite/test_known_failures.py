"""Known failures do not cause a run to fail, and outdated entries in the list are reported."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.data import clauses, fixture_files, models
from conformance.data.messages import UserError
from conformance.report import known_failures
from conformance.report.findings import Findings
from conformance.report.known_failures import KnownFailure, KnownFailures
from conformance.report.results import ClauseResult, PhaseResult, Problem
from conformance.report.verdict import STALE
from tests.endpoints import registry
from tests.suite.conftest import MODEL, Command, Serve

META = ("--clause", "MET-01")
NONE = Findings((), {})


@pytest.fixture
def broken_meta(served: Serve) -> str:
    """The URL of an endpoint whose /meta is a list."""
    return served(registry.find("meta-array").build())


@pytest.fixture
def known(tmp_path: Path) -> Path:
    file = tmp_path / "known.toml"
    file.write_text('[[known]]\nclause = "MET-01"\nreason = "our proxy, ticket 12"\n')
    return file


def report_of(folder: Path) -> dict[str, Any]:
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
    assert told == [
        f"no longer failing: MET-01 passes; remove it from {known} (exit status {STALE})"
    ]


def test_what_was_written_makes_the_next_run_good(
    command: Command, broken_meta: str, tmp_path: Path
) -> None:
    file = tmp_path / "new.toml"
    assert command(broken_meta, *MODEL, *META, "--write-known-failures", file).status == 1
    assert 'reason = "not yet explained: ' in file.read_text()
    assert command(broken_meta, *MODEL, *META, "--known-failures", file).status == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "Expected '='"),
        ("other = []", "no list named 'known'"),
        ('[[known]]\nclause = "MET-01"', "a clause or a test, and a reason"),
        ('[[known]]\nreason = "r"', "a clause or a test, and a reason"),
        ('[[known]]\nclause = "XXX-99"\nreason = "r"', "there is no clause XXX-99"),
        ('[[known]]\nclause = "MET-01"\nwhy = "r"\nreason = "r"', "a clause or a test"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        known_failures.read(file)
    assert "\n" not in str(caught.value)


CLAUSE = clauses.find("MET-01")


def result(*statuses: str) -> ClauseResult:
    """A clause whose tests, numbered from 0, have these statuses."""
    tests = tuple(
        PhaseResult(f"test {number}", CLAUSE.id, status)  # type: ignore[arg-type]
        for number, status in enumerate(statuses)
    )
    return ClauseResult(CLAUSE, "fail", tests)


def test_what_fails_is_written_with_what_was_got(tmp_path: Path) -> None:
    problem = Problem(CLAUSE.id, "test 0", "a\n got: list", "an object", "other")
    failed = PhaseResult("test 0", CLAUSE.id, "fail", "a message", problems=(problem,))
    other = replace(failed, test="test 1", problems=())
    known = KnownFailures((KnownFailure("ticket 12", test="test 2"),))
    tests = (failed, other, replace(other, test="test 2"), replace(other, status="pass"))
    written = known_failures.write(
        tmp_path / "new.json", [ClauseResult(CLAUSE, "fail", tests)], known
    )
    again = known_failures.read(tmp_path / "new.json")
    assert written == 3
    assert {entry.name: entry.reason for entry in again.entries} == {
        "test 0": "not yet explained: a",
        "test 1": "not yet explained: a message",
        "test 2": "ticket 12",
    }


def test_one_that_was_not_run_is_not_stale_and_another_failure_still_counts() -> None:
    entries = KnownFailures((KnownFailure("why", clause="PRB-01"),))
    assert entries.stale([result("pass")], whole=False) == ()
    assert entries.applied(result("fail"), NONE).status == "fail"


def test_what_follows_from_a_known_failure_is_known(
    command: Command, broken_meta: str, known: Path
) -> None:
    done = command(broken_meta, *MODEL, "--group", "MET", "--known-failures", known)
    assert done.status == 0
    assert "verdict: known failures" in done.text


def test_a_test_alone_can_be_known() -> None:
    entries = KnownFailures((KnownFailure("why", test="test 0"),))
    assert entries.applied(result("fail", "pass"), NONE).status == "known"
    assert entries.applied(result("fail", "fail"), NONE).status == "fail"


def test_an_error_of_the_suite_is_never_known() -> None:
    entries = KnownFailures((KnownFailure("why", clause=CLAUSE.id),))
    assert entries.applied(result("error", "fail"), NONE).status == "error"


def test_a_test_that_is_no_more_is_stale_in_a_whole_run() -> None:
    entries = KnownFailures((KnownFailure("why", test="gone"),))
    assert entries.stale([result("pass")], whole=True) == ("gone",)
    assert entries.stale([result("pass")], whole=False) == ()


@pytest.mark.parametrize(
    ("asked", "image", "known"),
    [
        (Path("vendor"), None, True),
        (None, "semitechnologies/multi2vec-clip:openai-clip-vit-base-patch16-1.5.0", True),
        (None, "cr.weaviate.io/semitechnologies/multi2vec-clip@sha256:12", True),
        (None, "our/multi2vec-clip:1", False),
        (None, None, False),
    ],
)
def test_defects_of_official_images_are_known(
    asked: Path | None, image: str | None, known: bool
) -> None:
    tag, names = "openai-clip-vit-base-patch16", ["sha256:1", image] if image else []
    found = known_failures.with_image(known_failures.given(asked, tag), tag, names)
    told = found.reason("TXT-02", "any")
    assert bool(told) == known
    assert not known or "inference/issues/19); workaround: truncate texts" in told
    assert found.stale([result("pass")], whole=True) == ()


def test_a_shipped_defect_is_counted_once_by_its_own_clause() -> None:
    found = known_failures.given(Path("vendor"), "facebook-metaclip-2-worldwide-b32-384")
    text, shown = (clauses.find(name) for name in ("TXT-05", "EXA-02"))
    results = [ClauseResult(clause, "known") for clause in (text, shown)]
    assert found.shipped_seen(results) == 1


def test_every_shipped_defect_names_clauses_and_tags() -> None:
    tags = {
        tag for row in fixture_files.toml("vendor_defects.toml")["defect"] for tag in row["tags"]
    }
    for tag in tags:
        entries = known_failures.given(Path("vendor"), models.find(tag).tag).entries
        assert {entry.clause for entry in entries} <= set(clauses.all_clauses())
