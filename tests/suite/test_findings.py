"""Failures with the same cause form one finding, under the clause that describes it best."""

from typing import Any

from conformance.expect.nonconformity import CauseKind
from conformance.report import findings
from conformance.report.findings import Finding
from conformance.report.results import PhaseResult, Problem


def failed(
    clause: str, kind: CauseKind = CauseKind.OTHER, items: str = "", signature: str = ""
) -> PhaseResult:
    problem = Problem(clause, clause, "got", "expected", kind, items, signature)
    return PhaseResult(clause, clause, "fail", problems=(problem,))


def unjudged(
    clause: str, home: str, kind: CauseKind, items: str = "", signature: str = ""
) -> PhaseResult:
    """The result of a test of `clause` whose prerequisite failed."""
    problem = Problem(home, clause, "got", "expected", kind, items, signature, True)
    return PhaseResult(clause, clause, "not judged", problems=(problem,))


def primary(*results: PhaseResult) -> list[str]:
    return [finding.problem.clause for finding in findings.find(results).findings]


def only(*results: PhaseResult) -> Finding:
    (finding,) = findings.find(results).findings
    return finding


def test_a_run_without_a_failure_has_no_finding() -> None:
    assert primary(PhaseResult("test", "VEC-01", "pass")) == []


def test_the_same_refusal_is_one_finding() -> None:
    refused = {"items": "images", "signature": "500 mode P"}
    results = [failed(each, CauseKind.REFUSED, **refused) for each in ("IMG-03", "IMG-02")]
    finding = only(*results)
    assert finding.problem.clause == "IMG-02"
    assert finding.also == {"IMG-03"}


def test_refusals_in_other_words_are_two() -> None:
    one = failed("IMG-02", CauseKind.REFUSED, items="images", signature="500 mode P")
    other = failed("TXT-02", CauseKind.REFUSED, items="texts", signature="500 mode P")
    third = failed("IMG-05", CauseKind.REFUSED, items="images", signature="500 axes")
    assert primary(one, other, third) == ["IMG-02", "IMG-05", "TXT-02"]


def test_what_follows_stands_below() -> None:
    finding = only(failed("ALN-03"), failed("REL-08"), failed("IMG-07"), failed("ALN-01"))
    assert finding.problem.clause == "IMG-07"
    assert finding.also == {"ALN-01", "ALN-03", "REL-08"}


def test_a_prerequisite_fails_the_clause_that_is_about_it() -> None:
    found = findings.find(
        [unjudged("ALN-01", "VEC-01", CauseKind.REFUSED, items="texts", signature="500")] * 2
    )
    assert [each.problem.clause for each in found.findings] == ["VEC-01"]
    assert found.findings[0].not_judged == {"ALN-01"}
    assert set(found.shown_elsewhere) == {"VEC-01"}


def test_a_prerequisite_joins_the_clause_that_failed_for_it() -> None:
    refused = {"items": "images", "signature": "500 mode P"}
    found = findings.find(
        [
            unjudged("IMG-12", "VEC-02", CauseKind.REFUSED, **refused),
            failed("IMG-02", CauseKind.REFUSED, **refused),
        ]
    )
    assert [each.problem.clause for each in found.findings] == ["IMG-02"]
    assert found.findings[0].not_judged == {"IMG-12"}
    assert not found.shown_elsewhere
    explaining = found.explaining("IMG-12")
    assert explaining is found.findings[0]


def test_a_must_comes_before_a_should() -> None:
    assert primary(failed("PRB-05"), failed("VEC-12"), failed("ERR-10")) == [
        "VEC-12",
        "ERR-10",
        "PRB-05",
    ]


def test_a_dead_endpoint_comes_first_and_takes_what_was_not_answered() -> None:
    dead = unjudged("IMG-05", "ERR-04", CauseKind.DEAD)
    hung = failed("IMG-05", CauseKind.NO_RESPONSE, items="images", signature="timed out")
    finding = only(hung, dead)
    assert finding.problem.clause == "ERR-04"
    assert finding.also == {"IMG-05"}


def test_one_demand_on_texts_and_on_images_that_fails_in_one_way_is_one_finding() -> None:
    rows: dict[str, Any] = {"kind": CauseKind.ROWS, "signature": "count"}
    finding = only(
        failed("VEC-02", items="images", **rows), failed("VEC-01", items="texts", **rows)
    )
    assert finding.problem.clause == "VEC-01"
    assert finding.also == {"VEC-02"}


def test_what_follows_from_the_twin_stands_below_too() -> None:
    finding = only(failed("IMG-08"), failed("VEC-11"), failed("TXT-04"), failed("VEC-10"))
    assert finding.problem.clause == "TXT-04"
    assert finding.also == {"IMG-08", "VEC-10", "VEC-11"}


def test_of_equals_the_one_that_most_tests_show_names_it() -> None:
    refused: dict[str, Any] = {
        "kind": CauseKind.REFUSED,
        "items": "images",
        "signature": "500 mode P",
    }
    modes = [failed("IMG-02", **refused) for _ in range(3)]
    assert only(failed("IMG-01", **refused), *modes).problem.clause == "IMG-02"
    assert only(failed("IMG-01", **refused), modes[0]).problem.clause == "IMG-01"


def test_what_is_refused_by_chance_is_one_finding_wherever_it_shows() -> None:
    chance = unjudged("IMG-05", "OPS-01", CauseKind.BY_CHANCE, signature="500 busy")
    refused: dict[str, Any] = {"kind": CauseKind.REFUSED, "signature": "500 busy"}
    finding = only(
        failed("TXT-03", items="texts", **refused),
        failed("IMG-02", items="images", **refused),
        chance,
    )
    assert finding.problem.clause == "OPS-01"
    assert finding.also == {"TXT-03", "IMG-02"}


def test_a_refused_text_is_named_by_what_serves_texts_not_by_what_compares_them() -> None:
    refused = {"items": "texts", "signature": "500 unknown character"}
    results = [failed(each, CauseKind.REFUSED, **refused) for each in ("REL-03", "TXT-03")]
    assert only(*results).problem.clause == "TXT-03"
    assert only(failed("REL-04"), failed("REL-03")).problem.clause == "REL-03"


def test_missing_rows_are_no_matter_of_parallel_requests() -> None:
    rows = {"items": "texts", "signature": "count"}
    results = [failed(each, CauseKind.ROWS, **rows) for each in ("OPS-01", "VEC-10")]
    assert only(*results).problem.clause == "VEC-10"


def test_a_clause_may_have_another_place_for_one_kind_of_cause() -> None:
    own = failed("EXA-01")
    assert only(own, failed("TXT-06")).problem.clause == "TXT-06"
    assert only(own, failed("TXT-06", CauseKind.UNREAD_END)).problem.clause == "EXA-01"
