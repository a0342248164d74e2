"""``conformance.run``: run the suite by calling a function, in any Python process."""

import os
import signal
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from conformance import Report, UserError, run
from conformance.options.settings import Options
from conformance.options.table import OPTIONS
from tests.endpoints import registry
from tests.endpoints.server import serve

pytest_plugins = ["pytester"]

MODEL = registry.MULTILINGUAL


def judged(name: str, *clauses: str) -> Report:
    with serve(registry.find(name).build()) as url:
        return run(url, model=MODEL, weights="stand-in", weaviate="off", clause=clauses)


def test_two_runs_in_one_process_know_nothing_of_each_other() -> None:
    bad, good = judged("meta-array", "MET-01", "PRB-01"), judged("plain", "MET-01")
    assert (bad.verdict, bad.exit_status) == ("not conformant", 1)
    assert [finding.clause.id for finding in bad.findings] == ["MET-01"]
    assert (bad.clauses["MET-01"].status, bad.clauses["PRB-01"].status) == ("fail", "pass")
    assert (good.verdict, good.exit_status, good.findings) == ("partial", 0, ())
    assert (good.clauses["MET-01"].status, good.clauses["PRB-01"].status) == ("pass", "skipped")


def test_a_run_leaves_the_process_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = dict(os.environ), signal.getsignal(signal.SIGTERM), sys.stdout, os.getcwd()
    judged("plain", "MET-01")
    assert before == (dict(os.environ), signal.getsignal(signal.SIGTERM), sys.stdout, os.getcwd())
    assert capfd.readouterr() == ("", "")


def test_a_report_is_written_where_it_was_asked_for(plain_url: str, tmp_path: Path) -> None:
    options: Options = {"weights": "stand-in", "clause": ["MET-01"], "report": tmp_path / "out"}
    report = run(plain_url, model=MODEL, **options)
    assert report.folder == tmp_path / "out"
    assert {"report.json", "report.html"} <= {each.name for each in report.folder.iterdir()}


def test_a_mistake_is_one_line() -> None:
    with pytest.raises(UserError, match=r"^specify the endpoint's model"):
        run("http://127.0.0.1:9")
    with pytest.raises(UserError, match=r"^nothing is listening at http://127.0.0.1:9"):
        run("http://127.0.0.1:9", model=MODEL, wait=0.1)
    with pytest.raises(UserError, match=r"^no endpoint: "):
        run(model=MODEL)
    with pytest.raises(UserError, match=r"^there is no option modle"):
        run("http://127.0.0.1:9", modle=MODEL)  # type: ignore[call-arg]


def test_every_option_of_the_table_is_typed() -> None:
    named = {row.dest for row in OPTIONS if row.configurable} - {"url", "model"}
    assert set(get_type_hints(Options)) == named


APPLICATION = """
from conformance import run

def test_the_endpoint_is_conformant(pytestconfig):
    report = run({url!r}, model={model!r}, weights="stand-in", clause=["MET-01", "VEC-15"])
    assert report.verdict == "partial", report.findings

def test_mine():
    assert 1 + 1 == 2
"""


def test_somebodys_own_pytest_test_may_run_it(pytester: pytest.Pytester, plain_url: str) -> None:
    pytester.makepyfile(APPLICATION.format(url=plain_url, model=MODEL))
    # In this process, pytest has already imported the package, which it warns about.
    imported = "ignore:Module already imported so cannot be rewritten"
    run = pytester.runpytest_inprocess("-p", "no:randomly", "-W", "error", "-W", imported)
    run.assert_outcomes(passed=2)
