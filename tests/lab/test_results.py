"""Published results: the stored part of a report, and the page made from it."""

import json
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes

from conformance.data.messages import UserError
from lab import published, results_page

HOSTILE = "</script><script>alert(1)</script>"
TARGET = 'title = "a target"\nabout = "about"\nsource = "source"\nreproduce = "run it"\n'


def report(day: str, **statuses: str) -> dict[str, Any]:
    """A report with these clauses, and with parts that are not kept."""
    finding: dict[str, Any] = {
        "clause": "PRB-01",
        "level": "MUST",
        "title": HOSTILE,
        "got": HOSTILE,
    }
    finding |= {"expected": "204", "why": "", "repeat": ["curl"], "also": ["PRB-02"]}
    clause = {"level": "MUST", "title": HOSTILE, "tests": [HOSTILE]}
    return {
        "schema": "urn:multi2vec-clip-conformance:report:1.0",
        "started": f"{day}T10:00:00Z",
        "suite": {"name": "suite", "version": "0.1", "commit": "abc"},
        "contract": {"digest": "sha256:1"},
        "target": {"weights": "stand-in", "log": [HOSTILE]},
        "model": "tag",
        "verdict": "not conformant",
        "counts": {"fail": 1},
        "findings": [finding],
        "clauses": [clause | {"id": n.replace("_", "-"), "status": s} for n, s in statuses.items()],
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results" / "one"
    for name, given in {
        "first": report("2026-11-24", PRB_01="pass", PRB_02="fail"),
        "second": report("2026-11-25", PRB_01="fail", PRB_02="fail", PRB_03="pass"),
    }.items():
        new = tmp_path / f"{name}.json"
        new.write_text(json.dumps(given), encoding="utf-8")
        published.store(folder, new)
    (folder / "target.toml").write_text(TARGET, encoding="utf-8")
    return folder.parent


def test_the_newest_report_is_kept_with_the_verdicts_before_it(results: Path) -> None:
    (target,) = published.read_targets(results)
    assert target.statuses == {"PRB-01": "fail", "PRB-02": "fail", "PRB-03": "pass"}
    assert target.report["history"] == [
        {
            "started": "2026-11-24T10:00:00Z",
            "commit": "abc",
            "verdict": "not conformant",
            "findings": ["PRB-01"],
        }
    ]


def test_what_no_reader_needs_is_left_out(results: Path) -> None:
    (target,) = published.read_targets(results)
    assert "target" not in target.report
    assert "repeat" not in target.report["findings"][0]
    assert "tests" not in target.report["clauses"][0]


def test_only_clauses_that_a_target_does_not_meet_are_rows(results: Path) -> None:
    shown = list(published.rows(published.read_targets(results)))
    assert [(clause["id"], statuses) for clause, statuses in shown] == [
        ("PRB-01", ["fail"]),
        ("PRB-02", ["fail"]),
    ]


def test_nothing_that_a_report_says_becomes_markup(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = published.read_targets(results)
    monkeypatch.setattr(results_page, "read_targets", lambda: targets)
    page = nodes.section("", *results_page.PublishedResults.run(None))  # type: ignore[arg-type]
    assert HOSTILE in page.astext()
    assert not list(page.findall(nodes.raw))


def test_the_projects_own_results_can_be_shown_and_are_small() -> None:
    assert published.read_targets()
    sizes = [path.stat().st_size for path in published.RESULTS.rglob("*") if path.is_file()]
    assert sum(sizes) <= 2**20


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("target.toml", "title = 1", "must have exactly these"),
        ("target.toml", TARGET + 'other = "x"\n', "must have exactly these"),
        ("target.toml", "no toml", "target.toml"),
        ("report.json", "{}", "not a report"),
        ("report.json", "[", "report.json"),
    ],
)
def test_what_breaks_the_rules_is_one_line(
    results: Path, name: str, content: str, said: str
) -> None:
    (results / "one" / name).write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=said):
        published.read_targets(results)
