"""Comparisons within a run of the suite, and the vectors of published weights that EXA uses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.comparison import record_command
from conformance.exact import expected, published
from tests.comparison.conftest import Command, Urls
from tests.endpoints import registry
from tests.endpoints.server import serve

TAG = registry.MULTILINGUAL
EXACT = ("--clause", "EXA-01", "--clause", "EXA-06")


def judged(url: str, folder: Path, *words: str) -> dict[str, Any]:
    """The report of a run."""
    command = [sys.executable, "-m", "conformance", url, "--model", TAG, "--weaviate", "off"]
    subprocess.run([*command, *words, "--report", str(folder)], check=False, timeout=120)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def statuses(report: dict[str, Any], group: str) -> dict[str, str]:
    """What became of a group's clauses that were chosen."""
    group_rows = [each for each in report["clauses"] if each["id"].startswith(group)]
    return {each["id"]: each["status"] for each in group_rows}


def compared(url: str, other: object, folder: Path) -> dict[str, Any]:
    """The report of a run of the comparison alone."""
    chosen = ("--weights", "stand-in", "--group", "comparison", "--compare-with", str(other))
    return judged(url, folder, *chosen)


def test_a_run_matches_a_recording(url: Urls, recorded: Path, tmp_path: Path) -> None:
    report = compared(url("long"), recorded, tmp_path)
    passed = dict.fromkeys(("CMP-01", "CMP-02", "CMP-03"), "pass")
    assert statuses(report, "CMP") == {**passed, "CMP-04": "n/a"}
    measured = report["measurements"]
    assert sum(name.startswith("beside ") for name in measured) >= 84
    told = measured[f"not compared, with {recorded}"]
    assert "Sequence length" in told
    assert "\x1b" not in told
    assert "queries return the same top 10" in json.dumps(measured)


def test_one_cause_is_one_finding(url: Urls, tmp_path: Path) -> None:
    report = compared(url("upgraded"), url("plain"), tmp_path)
    found = statuses(report, "CMP")
    assert (found["CMP-01"], found["CMP-02"], found["CMP-03"]) == ("pass", "fail", "fail")
    [finding] = report["findings"]
    assert finding["clause"] == "CMP-02"
    assert "another model, or other weights of it" in json.dumps(report)


class FakeReference:
    """Stands in for the program that would load the weights."""

    running = True

    def __init__(self, tag: str, weights: str, extra: list[str]) -> None:
        self._served = serve(registry.find("plain").build())
        self.started = (tag, weights, extra)

    def __enter__(self) -> "FakeReference":
        self.url = self._served.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        self._served.__exit__(*problem)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that files are looked for in, empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return published.folder()


def test_a_recording_of_published_weights_judges_a_run(
    home: Path, url: Urls, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = judged(url("images-rotated"), tmp_path / "missing", *EXACT)
    assert {statuses(missing, "EXA")[clause] for clause in ("EXA-01", "EXA-06")} == {"n/a"}
    assert f"record --reference {TAG} --weights hub makes them" in json.dumps(missing)

    monkeypatch.setattr(record_command, "Reference", FakeReference)
    assert command("record", "--reference", TAG).status == 0

    assert published.file(TAG).is_relative_to(home)
    report = judged(url("images-rotated"), tmp_path / "found", *EXACT)
    found = statuses(report, "EXA")
    assert (found["EXA-01"], found["EXA-06"]) == ("pass", "fail")
    assert f"those that the reference made of hub weights ({TAG}.npz)" in json.dumps(report)


def test_a_checkpoint_of_ones_own_is_recorded_by_its_own_row(
    home: Path, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[FakeReference] = []

    def reference(*words: Any, **named: Any) -> FakeReference:
        started.append(FakeReference(*words, **named))
        return started[-1]

    monkeypatch.setattr(record_command, "Reference", reference)
    rows = tmp_path / "mine.toml"
    rows.write_text('[[model]]\ntag = "mine"\nlibrary = "clip"\nimage_size = 224\n')
    own = ("--reference", "mine", "--models", rows, "--weights", "./ckpt")
    assert command("record", *own, "-o", tmp_path / "mine.npz").status == 0
    assert started[0].started == ("mine", "./ckpt", ["--models", str(rows)])
    assert not home.exists()


@pytest.mark.usefixtures("home")
def test_a_file_keeps_what_was_written() -> None:
    right = expected.load(TAG)
    images = {name: rows[0] for name, rows in right.images.items()}

    published.write(published.file(TAG), right.texts, images, {"torch": "2"}, "mine", 224)

    found = published.load(TAG)
    assert (found.origin, found.versions) == ("mine", {"torch": "2"})
    assert set(found.images) == set(right.images)
    assert found.texts["plain"] == pytest.approx(right.texts["plain"], abs=1e-4)
