"""The site of published reports: what it says, and what it makes of reports that are not right."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from website.__main__ import RESULTS, main
from website.published import Run, differences, read_targets

HOSTILE = "</script><script>alert(1)</script>"
TARGET = 'title = "a target"\nabout = "about"\nsource = "source"\nreproduce = "run it"\n'


def report(**statuses: str) -> dict[str, Any]:
    """A report with these clauses, as small as the site can read."""
    clauses = [
        {
            "id": name.replace("_", "-"),
            "level": "MUST",
            "title": HOSTILE,
            "group": "Probes",
            "status": s,
        }
        for name, s in statuses.items()
    ]
    finding: dict[str, Any] = {
        "clause": "PRB-01",
        "level": "MUST",
        "title": HOSTILE,
        "got": HOSTILE,
    }
    finding |= {"expected": "204", "why": "", "repeat": [HOSTILE], "also": ["PRB-02"]}
    return {
        "schema": "urn:multi2vec-clip-conformance:report:1.0",
        "started": "2026-11-25T10:00:00Z",
        "suite": {"name": "suite", "version": "0.1", "commit": None},
        "contract": {"edition": None},
        "target": {"weights": "stand-in"},
        "model": "tag",
        "verdict": "not conformant",
        "findings": [finding],
        "clauses": clauses,
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results" / "one"
    folder.mkdir(parents=True)
    (folder / "target.toml").write_text(TARGET)
    (folder / "2026-11-24.json").write_text(json.dumps(report(PRB_01="pass", PRB_02="fail")))
    (folder / "2026-11-25.json").write_text(json.dumps(report(PRB_01="fail", PRB_02="fail")))
    return folder.parent


def test_the_projects_own_results_can_be_published(tmp_path: Path) -> None:
    assert read_targets(RESULTS)
    assert main([str(tmp_path / "site")]) == 0


def build(results: Path) -> Path:
    """The site made from these results."""
    out = results.parent / "site"
    assert main([str(out), "--results", str(results)]) == 0
    return out


def test_the_newest_run_counts(results: Path) -> None:
    cells = re.findall(r'<td class="(\w+)"', (build(results) / "index.html").read_text())
    assert cells == ["fail", "fail"]


def test_what_changed_between_two_runs_is_shown(results: Path) -> None:
    page = (build(results) / "one.html").read_text()
    assert "What changed from 2026-11-24 to 2026-11-25" in page
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', page) == [
        ("PRB-01", "pass", "fail")
    ]


def test_a_clause_that_one_run_has_not_is_a_difference() -> None:
    before, after = Run("1", report(PRB_01="pass")), Run("2", report(PRB_02="pass"))
    assert [(d.clause, d.before, d.after) for d in differences(before, after)] == [
        ("PRB-02", None, "pass"),
        ("PRB-01", "pass", None),
    ]


def test_nothing_that_a_report_says_becomes_markup(results: Path) -> None:
    site = build(results)
    for page in site.glob("*.html"):
        assert "<script>alert" not in page.read_text()


def test_machines_read_the_same(results: Path) -> None:
    document = json.loads((build(results) / "compatibility.json").read_text())
    (target,) = document["targets"]
    assert [run["statuses"]["PRB-01"] for run in target["runs"]] == ["pass", "fail"]
    assert target["runs"][-1]["findings"] == ["PRB-01"]


def test_reports_are_there_to_be_read(results: Path) -> None:
    site = build(results)
    published = json.loads((site / "reports" / "one" / "2026-11-25.json").read_text())
    assert published == report(PRB_01="fail", PRB_02="fail")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("target.toml", "title = 1", "has to have just"),
        ("target.toml", TARGET + 'other = "x"\n', "has to have just"),
        ("target.toml", "no toml", "target.toml"),
        ("2026-11-25.json", "{}", "is no report"),
        ("2026-11-25.json", "[", "2026-11-25.json"),
    ],
)
def test_what_breaks_the_rules_is_one_line(
    results: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, said: str
) -> None:
    (results / "one" / name).write_text(content)
    assert main([str(results.parent / "site"), "--results", str(results)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_target_without_reports_is_told(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (results / "one").glob("*.json"):
        path.unlink()
    assert main([str(results.parent / "site"), "--results", str(results)]) == 1
    assert "one has no report" in capsys.readouterr().err
