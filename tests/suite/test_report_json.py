"""report.json and junit.xml are what their schemas say, and say how to believe them."""

import hashlib
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from jsonschema import Draft202012Validator

from conformance.data import clauses
from conformance.expect.statuses import SEVERITY
from conformance.report import provenance
from conformance.report.document import SCHEMA
from conformance.report.verdict import VERDICTS
from tests.suite import junit_shape, report_schema
from tests.suite.conftest import MODEL, Full

ROOT = Path(__file__).parents[2]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(report_schema.PUBLISHED)
    assert report_schema.PUBLISHED["$id"] == SCHEMA


def test_a_report_is_valid_and_has_nothing_that_the_schema_does_not_name(full: Full) -> None:
    assert full.report["schema"] == SCHEMA
    assert not report_schema.violations(full.report)
    assert not report_schema.violations(full.report, report_schema.closed(report_schema.PUBLISHED))


@pytest.mark.parametrize("field", ["schema", "started", "verdict", "target", "clauses"])
def test_a_report_that_lacks_a_field_is_not_valid(full: Full, field: str) -> None:
    lacking = {name: value for name, value in full.report.items() if name != field}
    assert report_schema.violations(lacking)


def test_the_schema_knows_all_that_a_run_can_come_to() -> None:
    named = report_schema.PUBLISHED["$defs"]
    assert set(named["status"]["enum"]) == set(SEVERITY)
    assert set(named["verdict"]["enum"]) == set(VERDICTS)
    assert set(named["clause"]["properties"]["profile"]["enum"]) == set(clauses.PROFILES)
    assert set(report_schema.PUBLISHED["properties"]["profiles"]["properties"]) == set(
        clauses.PROFILES
    )


def test_the_report_names_the_target_by_its_meta(full: Full) -> None:
    body = httpx.get(f"{full.url}/meta").content
    assert full.report["target"]["meta_digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"


def test_the_report_says_how_to_repeat_it(full: Full) -> None:
    words = ["clip-conformance", full.url, *MODEL, "--report", str(full.folder)]
    assert sorted(full.report["reproduce"].split()) == sorted(words)
    assert full.report["settings"]["weights"] == "stand-in"


def test_the_report_says_when_and_with_which_suite(full: Full) -> None:
    assert full.report["started"] < full.report["ended"]
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    head = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    # The sources of the tests may be no checkout, and then nobody knows the commit.
    assert re.fullmatch(rf"{head}(-dirty)?" if head else "None", str(provenance.suite()["commit"]))


def test_a_clause_of_the_report_stands_alone(full: Full) -> None:
    for told in full.report["clauses"]:
        clause = clauses.all_clauses()[told["id"]]
        assert (told["text"], told["reason"], told["source"]) == (
            clause.text,
            clause.reason,
            clause.source,
        )


def test_what_a_clause_measured_is_among_the_measurements(full: Full) -> None:
    named = {name for clause in full.report["clauses"] for name in clause["measurements"]}
    assert named == set(full.report["measurements"])


def test_junit_has_the_common_form(full: Full) -> None:
    assert not junit_shape.violations(ElementTree.parse(full.folder / "junit.xml").getroot())


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("<testsuites><testcase/></testsuites>", "testsuites: holds testcase"),
        ("<testcase classname='a' name='b'/>", "testcase: lacks time"),
        ("<failure message='' colour='red'/>", "failure: has colour"),
        (
            "<testsuite name='a' tests='2' failures='0' errors='0' skipped='0' time='0'/>",
            "testsuite: tests is 2, counted 0",
        ),
    ],
)
def test_another_form_is_noticed(xml: str, problem: str) -> None:
    assert problem in junit_shape.violations(ElementTree.fromstring(xml))
