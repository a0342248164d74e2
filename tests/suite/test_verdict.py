"""Each status remains distinguishable in tests, clauses, profiles, and the verdict."""

import itertools
from collections.abc import Sequence
from typing import get_args

import pytest

from conformance.data import clauses, statuses
from conformance.data.clauses import Clause, Group, Level, Profile
from conformance.data.models import Model
from conformance.data.statuses import Status, worst
from conformance.expect.nonconformity import CauseKind
from conformance.options.settings import Settings
from conformance.report.results import PhaseResult, Problem
from conformance.report.verdict import VERDICTS, Judgment, Verdict, judge

SETTINGS = Settings("http://h", Model("tag"), "stand-in", weaviate="off")


def clause(identity: str, level: Level, profile: Profile = "http") -> Clause:
    group = Group(identity.partition("-")[0], "made up", profile)
    return Clause(identity, level, "title", "text", "source", "reason", group)


CONTRACT = (
    clause("AAA-01", "MUST"),
    clause("AAA-02", "SHOULD"),
    clause("AAA-03", "MAY"),
    clause("WWW-01", "MUST", "weaviate"),
    clause("WWW-02", "SHOULD", "weaviate"),
)


@pytest.fixture(autouse=True)
def made_up_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clauses, "all_clauses", lambda: {each.id: each for each in CONTRACT})


def judged(
    statuses: dict[str, Status], narrowed: bool = False, settings: Settings = SETTINGS
) -> Judgment:
    reports = [PhaseResult(f"test of {name}", name, status) for name, status in statuses.items()]
    return judge(reports, settings, narrowed, 1.0)


@pytest.mark.parametrize(
    ("must", "should", "whole", "part"),
    [
        ("pass", "pass", "conformant", "partial"),
        ("pass", "warn", "conformant", "partial"),
        ("pass", "fail", "not conformant", "not conformant"),
        ("pass", "error", "error", "error"),
        ("pass", "not run", "conformant", "partial"),
        ("pass", "skipped", "conformant", "partial"),
        ("pass", "disabled", "conformant", "partial"),
        ("n/a", "n/a", "conformant", "partial"),
        ("fail", "pass", "not conformant", "not conformant"),
        ("fail", "error", "not conformant", "not conformant"),
        ("fail", "not run", "not conformant", "not conformant"),
        ("error", "pass", "error", "error"),
        ("error", "warn", "error", "error"),
        ("not run", "pass", "incomplete", "incomplete"),
        ("not run", "fail", "not conformant", "not conformant"),
        ("not run", "error", "error", "error"),
        ("skipped", "pass", "incomplete", "partial"),
        ("disabled", "pass", "incomplete", "partial"),
        ("not judged", "pass", "incomplete", "incomplete"),
    ],
)
def test_the_verdict_of_one_profile(
    must: Status, should: Status, whole: Verdict, part: Verdict
) -> None:
    statuses: dict[str, Status] = {"AAA-01": must, "AAA-02": should, "AAA-03": "pass"}
    assert judged(statuses).profiles == {"http": whole, "weaviate": "disabled"} | REST
    assert judged(statuses).verdict == whole
    assert judged(statuses, narrowed=True).profiles["http"] == part


REST: dict[Profile, Verdict] = {
    profile: "disabled" for profile in clauses.PROFILES if profile not in ("http", "weaviate")
}


@pytest.mark.parametrize(
    ("http", "weaviate", "verdict"),
    [
        ("pass", "pass", "conformant"),
        ("pass", "fail", "not conformant"),
        ("fail", "pass", "not conformant"),
        ("pass", "not run", "incomplete"),
        ("pass", "error", "error"),
        ("fail", "error", "not conformant"),
        ("not run", "error", "error"),
        ("pass", "disabled", "conformant"),
        ("pass", "n/a", "partial"),
        ("not run", "disabled", "incomplete"),
    ],
)
def test_the_run_has_the_worst_verdict_of_what_was_asked_for(
    http: Status, weaviate: Status, verdict: Verdict
) -> None:
    found: dict[str, Status] = {"AAA-01": http, "WWW-01": weaviate, "WWW-02": weaviate}
    assert judged(found).verdict == verdict


def test_a_clause_without_a_test_was_not_run() -> None:
    found = judged({"AAA-02": "pass"})
    assert [result.status for result in found.results][:3] == ["not run", "pass", "not run"]
    assert found.profiles["http"] == "incomplete"


def test_a_clause_that_the_user_left_out_is_skipped() -> None:
    found = judged({"AAA-02": "pass"}, narrowed=True)
    assert [result.status for result in found.results][:3] == ["skipped", "pass", "skipped"]


@pytest.mark.parametrize(
    ("status", "verdict"), [("pass", "incomplete"), ("fail", "not conformant")]
)
@pytest.mark.parametrize("narrowed", [False, True])
def test_an_interrupted_run_is_at_best_incomplete(
    status: Status, verdict: Verdict, narrowed: bool
) -> None:
    reports = [PhaseResult("test", "AAA-01", status)]
    assert judge(reports, SETTINGS, narrowed, 1.0, interrupted=True).verdict == verdict


def test_a_profile_that_was_asked_for_and_did_not_run_is_incomplete() -> None:
    settings = Settings("http://h", Model("tag"), "stand-in", weaviate="embedded")
    found = judged({"AAA-01": "pass", "AAA-02": "pass"}, settings=settings)
    assert (found.profiles["weaviate"], found.verdict) == ("incomplete", "incomplete")


@pytest.mark.parametrize("order", list(itertools.permutations(["pass", "warn", "n/a"])))
def test_a_clause_has_the_worst_status_of_its_tests(order: Sequence[Status]) -> None:
    reports = [PhaseResult(f"test {n}", "AAA-02", status) for n, status in enumerate(order)]
    assert judge(reports, SETTINGS, False, 1.0).results[1].status == "warn"


@pytest.mark.parametrize(("call", "teardown"), [("pass", "error"), ("error", "pass")])
def test_a_test_has_the_worst_status_of_its_phases(call: Status, teardown: Status) -> None:
    reports = [
        PhaseResult("test", "AAA-01", call),
        PhaseResult("test", "AAA-01", teardown, when="teardown"),
    ]
    found = judge(reports, SETTINGS, False, 1.0).results[0]
    assert (found.status, len(found.tests)) == ("error", 1)


def test_measurements_of_all_tests_are_kept() -> None:
    reports = [
        PhaseResult("one", "AAA-01", "pass", measurements={"width": 512}),
        PhaseResult("two", "AAA-03", "warn", measurements={"norm": 1.0}),
    ]
    assert judge(reports, SETTINGS, False, 1.0).measurements == {"width": 512, "norm": 1.0}


def test_counts_are_of_clauses() -> None:
    counts = judged({"AAA-01": "pass", "AAA-02": "warn"}).status_counts()
    assert counts == {"pass": 1, "warn": 1, "not run": 1, "disabled": 2}


def test_evidence_of_another_clause_fails_a_clause() -> None:
    problem = Problem("AAA-01", "a test", "got", "expected", CauseKind.REFUSED, prerequisite=True)
    met = PhaseResult("a test", "AAA-02", "not judged", problems=(problem,))
    found = judge([met, PhaseResult("own", "AAA-01", "pass")], SETTINGS, False, 1.0)
    assert [result.status for result in found.results][:2] == ["fail", "not judged"]
    assert found.results[1].tests[0].message == "not judged: see AAA-01"
    assert found.verdict == "not conformant"


def test_only_what_conforms_ends_with_0() -> None:
    good = {name for name, row in VERDICTS.items() if row.exit_status == 0}
    assert good == {"conformant", "known failures", "partial"}
    assert [name for name, row in VERDICTS.items() if row.exit_status == 1] == ["not conformant"]


def test_no_status_at_all_was_not_run() -> None:
    assert worst([]) == "not run"
    assert worst(list(statuses.rows())) == "error"


def test_the_table_of_statuses_is_what_the_types_say() -> None:
    assert list(statuses.rows()) == list(get_args(Status))
    assert sorted(row.column for row in statuses.rows().values()) == [*range(1, 11)]
