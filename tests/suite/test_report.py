"""What a run leaves behind: the report's shape, JUnit, and nothing that an endpoint smuggled in."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.data import clauses
from conformance.expect.statuses import SEVERITY
from conformance.report.verdict import VERDICTS
from tests.endpoints import registry
from tests.endpoints.endpoint import JSON, Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request
from tests.suite.conftest import MODEL, Command, Full

OBSCENE = "\x1b[31mred\x1b]0;title\x07 \x00\x08\x9b2J \u202e\u2028 ]]> <b>&amp; \ufffe \udc80"


def test_the_report_has_its_shape(full: Full) -> None:
    report = full.report
    assert set(report) >= {
        "suite",
        "target",
        "model",
        "verdict",
        "profiles",
        "counts",
        "clauses",
        "measurements",
    }
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", report["suite"]["version"])
    assert report["target"]["url"] == full.url
    assert report["model"] == registry.MULTILINGUAL
    assert report["verdict"] == "conformant"
    assert report["profiles"]["http"]["verdict"] == "conformant"
    assert report["profiles"]["weaviate"]["verdict"] == "disabled"
    assert sum(report["counts"].values()) == len(report["clauses"])


def test_the_report_has_every_clause_in_order(full: Full) -> None:
    assert [each["id"] for each in full.report["clauses"]] == list(clauses.all_clauses())
    for each in full.report["clauses"]:
        clause = clauses.all_clauses()[each["id"]]
        assert (each["level"], each["title"]) == (clause.level, clause.title)
        assert each["status"] in SEVERITY


def test_every_judged_clause_lists_its_tests(full: Full) -> None:
    judged = [each for each in full.report["clauses"] if each["profile"] == "http"]
    assert all(each["tests"] for each in judged)
    assert {test["status"] for each in judged for test in each["tests"]} <= set(SEVERITY)
    assert set(full.report["profiles"]) == set(clauses.PROFILES)
    assert {each["verdict"] for each in full.report["profiles"].values()} <= set(VERDICTS)


def test_measurements_are_reported(full: Full) -> None:
    assert full.report["measurements"]["dimension"] == 512


def test_junit_has_every_test_once(full: Full) -> None:
    cases = list(ElementTree.parse(full.folder / "junit.xml").iter("testcase"))
    tests = [test for each in full.report["clauses"] for test in each["tests"]]
    ran = [case for case in cases if "weaviate" not in str(case.get("classname"))]
    assert len(ran) == len([test for test in tests if "weaviate" not in test["id"]])


class Obscene(Endpoint):
    """Refuses with what no terminal should obey and no XML may hold, and is wrong everywhere."""

    def failure(self, status: int, message: str) -> Answer:
        del status, message
        return Answer(200, json.dumps({"error": OBSCENE}).encode(), {"Content-Type": "a\x9b31m"})

    def meta(self, request: Request) -> Answer:
        del request
        return Answer(500, OBSCENE.encode("utf-8", "surrogatepass"), dict(JSON))

    live = meta


@pytest.fixture(scope="module")
def obscene_url() -> Iterator[str]:
    """An endpoint with user information in its URL, and control characters in every failure."""
    with serve(Obscene(registry.find("plain").build().encoder)) as url:
        yield url.replace("//", "//user:secret@")


@pytest.mark.parametrize("options", [(), ("-rA", "-vv", "--log-level=DEBUG"), ("--tb=long", "-l")])
def test_what_an_endpoint_says_stays_harmless(
    command: Command, obscene_url: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    chosen = ("-k", "test_meta or live or bad_base64 or no_image")
    done = command(obscene_url, *MODEL, *chosen, "--report", tmp_path, *options)
    assert done.status == 1
    assert "red" in done.out
    said = done.out + done.err + "".join(texts_under(tmp_path))
    assert {c for c in said if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert "\u202e" not in said
    assert "secret" not in said
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().tag == "testsuites"
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "not conformant"


def texts_under(folder: Path) -> Iterator[str]:
    """The contents of the report's own files."""
    for path in folder.iterdir():
        if path.is_file():
            yield path.read_text(encoding="utf-8")


def test_a_failed_requests_body_is_kept_for_its_curl_line(
    command: Command, obscene_url: str, tmp_path: Path
) -> None:
    done = command(obscene_url, *MODEL, "--clause", "ERR-01", "--report", tmp_path)
    kept = sorted((tmp_path / "exchanges").iterdir())
    assert kept
    assert all("images" in json.loads(path.read_bytes()) for path in kept)
    assert any(f"--data-binary @{path}" in done.out for path in kept)
    report = (tmp_path / "report.json").read_text()
    assert all(f"--data-binary @{path}" in report for path in kept)


def test_without_a_report_the_body_is_in_the_line(command: Command, obscene_url: str) -> None:
    done = command(obscene_url, *MODEL, "--clause", "ERR-01")
    assert "not base64" in done.out
    assert "--data-raw" in done.out


def test_the_summary_of_a_report_is_plain_data(full: Full) -> None:
    again: dict[str, Any] = json.loads(json.dumps(full.report))
    assert again == full.report
