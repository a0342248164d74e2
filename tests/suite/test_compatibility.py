"""One endpoint beside several Weaviates: a table in the report."""

import io

from rich.console import Console

from conformance.expect.statuses import Status
from conformance.report import compatibility
from conformance.report.phase_result import PhaseResult


def result(clause: str, status: Status, server: str, when: str = "call") -> PhaseResult:
    return PhaseResult(f"test_{clause}", clause, status, when=when, weaviate=server)


RESULTS = [
    result("WVT-01", "pass", "docker:1.34"),
    result("WVT-01", "pass", "docker:1.39"),
    result("WVT-04", "fail", "docker:1.34"),
    result("WVT-04", "pass", "docker:1.34"),
    result("WVT-04", "pass", "docker:1.39"),
    result("WVT-04", "pass", "docker:1.39", when="setup"),
    result("VEC-01", "fail", ""),
]


def test_a_clause_has_its_worst_status_on_each_server() -> None:
    assert compatibility.compare(RESULTS) == {
        "docker:1.34": {"WVT-01": "pass", "WVT-04": "fail"},
        "docker:1.39": {"WVT-01": "pass", "WVT-04": "pass"},
    }


def test_a_server_that_did_not_run_is_no_pass() -> None:
    found = compatibility.compare([result("WVT-01", "not run", "docker:9.99", when="setup")])
    (row,) = compatibility.rows(found)
    assert (row["verdict"], row["bad"]) == ("incomplete", ["WVT-01"])


def test_the_table_has_a_row_a_server() -> None:
    sink = io.StringIO()
    Console(file=sink, width=100).print(compatibility.table(compatibility.compare(RESULTS)))
    old, new = (line for line in sink.getvalue().splitlines() if "docker:" in line)
    assert "not conformant" in old
    assert "WVT-04" in old
    assert "conformant" in new
    assert "not conformant" not in new
