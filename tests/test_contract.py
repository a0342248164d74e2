"""The contract: its document is up to date, and each clause has a test and a faulty endpoint."""

import json
import re
import subprocess
import sys
from dataclasses import astuple, replace
from pathlib import Path
from typing import get_args

import pytest

from conformance.command import contract_commands
from conformance.data import clauses, fixture_files
from lab import generated_docs
from tests.endpoints import registry

ROOT = Path(__file__).parents[1]
EVERY = clauses.all_clauses()
CLAUSES = list(EVERY.values())


@pytest.fixture(scope="module")
def named() -> dict[str, list[str]]:
    """The clauses that each check of the suite names, by the check's node id."""
    command = [sys.executable, "-m", "tests.suite.collected"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=120)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_document_is_current() -> None:
    """`make docs` writes it again."""
    assert (ROOT / "docs" / "contract.md").read_text(encoding="utf-8") == generated_docs.contract()


def test_markup_in_a_clause_is_escaped_but_in_code() -> None:
    assert generated_docs.prose("<b> and `<b>` *") == r"\<b> and `<b>` \*"


def test_ids_are_unique() -> None:
    files = [path.name for path in fixture_files.path("clauses").iterdir()]
    ids = [row["id"] for name in files for row in fixture_files.toml(f"clauses/{name}")["clause"]]
    assert sorted(ids) == sorted(clauses.all_clauses())


def test_every_file_of_clauses_is_read() -> None:
    files = {path.name.removesuffix(".toml") for path in fixture_files.path("clauses").iterdir()}
    assert files <= set(clauses.GROUP_FILES)


def test_a_groups_clauses_are_numbered_from_1() -> None:
    for group in clauses.groups():
        ids = [clause.id for clause in CLAUSES if clause.group == group]
        assert ids == [f"{group.id}-{number:02}" for number in range(1, len(ids) + 1)]


def test_clauses_are_whole() -> None:
    for clause in CLAUSES:
        assert re.fullmatch(r"[A-Z]{3}-\d\d", clause.id)
        assert clause.level in get_args(clauses.Level), clause.id
        assert clause.group.profile in clauses.PROFILES, clause.id
        # `since` and `until` are given only if a clause does not hold for all versions.
        assert all(astuple(replace(clause, since=("any",), until=("any",)))), clause.id


def test_a_clause_says_its_own_level_and_none_above() -> None:
    above = {"MUST": set(), "SHOULD": {"MUST"}, "MAY": {"MUST", "SHOULD"}}
    for clause in CLAUSES:
        said = set(re.findall(r"\b(MUST|SHOULD|MAY)\b", clause.text))
        assert not said & above[clause.level], clause.id
        assert clause.level == "MAY" or clause.level in said, clause.id


def test_every_clause_has_a_test(named: dict[str, list[str]]) -> None:
    assert EVERY.keys() <= {clause for ids in named.values() for clause in ids}


def test_a_test_names_one_clause_that_exists(named: dict[str, list[str]]) -> None:
    odd = {test: ids for test, ids in named.items() if len(ids) != 1 or ids[0] not in EVERY}
    assert named
    assert not odd


def test_the_checks_that_explain_shows_are_those_that_pytest_collects(
    named: dict[str, list[str]],
) -> None:
    collected: dict[tuple[str, str], set[str]] = {}
    for node, ids in named.items():
        file, _, test = node.partition("::")
        key = (Path(file).name, test.partition("[")[0])
        collected.setdefault(key, set()).update(ids)
    shown = {
        (Path(check.file).name, check.name): set(check.clauses & EVERY.keys())
        for check in contract_commands.all_checks()
    }
    assert shown == collected


def test_every_must_has_a_faulty_endpoint_that_breaks_it() -> None:
    musts = {c.id for c in CLAUSES if c.level == "MUST" and c.group.profile == "http"}
    assert musts <= {clause for entry in registry.faults().values() for clause in entry.caught_by}


def test_faulty_endpoints_break_clauses_that_exist() -> None:
    broken = {clause for entry in registry.faults().values() for clause in entry.caught_by}
    # Some endpoints are so broken that the run ends before the first check.
    assert broken <= {*EVERY, "preflight"}
