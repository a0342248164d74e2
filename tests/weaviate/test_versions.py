"""Clauses that apply only to certain Weaviate versions."""

from dataclasses import replace

import pytest

from conformance.data import clauses
from conformance.data.clauses import Clause, all_clauses, applies, described_versions, parse_version
from conformance.data.messages import UserError

LINES = ("1.35.17", "1.36.8", "1.37.0")


@pytest.fixture
def clause() -> Clause:
    return replace(all_clauses()["VEC-01"], since=(), until=())


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.27.0", False),
        ("1.34.99", False),
        ("1.35.16", False),
        ("1.35.17", True),
        ("1.36.7", False),
        ("1.36.10", True),
        ("1.37.0-rc.1", True),
        ("1.39.0", True),
        ("2.0.0", True),
    ],
)
def test_each_line_of_releases_has_its_own_first(
    clause: Clause, version: str, expected: bool
) -> None:
    assert applies(replace(clause, since=LINES), version) is expected
    assert applies(replace(clause, until=LINES), version) is not expected


def test_without_versions_or_a_version_a_clause_applies(clause: Clause) -> None:
    assert applies(clause, "1.27.0")
    assert applies(replace(clause, since=LINES, until=LINES), None)


def test_the_versions_are_described(clause: Clause) -> None:
    assert described_versions(clause) == ""
    both = replace(clause, since=("1.37.0",), until=LINES)
    assert described_versions(both) == "since 1.37.0, before 1.35.17, 1.36.8, and 1.37.0"


@pytest.mark.parametrize("text", ["", "1", "1.39.", "v1.39.0", "1.39.0x"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is not a Weaviate version"):
        parse_version(text)


@pytest.mark.parametrize(("since", "applicable"), [("1.36.8", True), ("1.37.0", False)])
def test_a_line_stands_for_its_newest_release(clause: Clause, since: str, applicable: bool) -> None:
    assert applies(replace(clause, since=(since,), until=()), "1.36") is applicable


def test_every_version_that_a_clause_names_is_one() -> None:
    named = [v for each in all_clauses().values() for v in (*each.since, *each.until)]
    assert len(named) >= 5
    assert all(clauses.parse_version(version) for version in named)
