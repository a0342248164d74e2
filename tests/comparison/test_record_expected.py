"""Expected vectors of published weights: recorded from the reference, used where they are."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.command import cli
from conformance.comparison import record_command
from conformance.exact import expected, published
from tests.endpoints import registry
from tests.endpoints.server import serve

TAG = registry.MULTILINGUAL
CLAUSES = ("EXA-01", "EXA-06")


class FakeReference:
    """Stands in for the program that would load the weights."""

    running = True

    def __init__(self, tag: str, weights: str) -> None:
        self._served = serve(registry.find("plain").build())
        self.started = (tag, weights)

    def __enter__(self) -> "FakeReference":
        self.url = self._served.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        self._served.__exit__(*problem)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that files are looked for in, empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return published.folder()


def judged(endpoint: str, report: Path) -> dict[str, Any]:
    """The report of a run, said to serve published weights, over two of EXA's clauses."""
    with serve(registry.find(endpoint).build()) as url:
        command = [sys.executable, "-m", "conformance", url, "--model", TAG, "--weaviate", "off"]
        command += [word for clause in CLAUSES for word in ("--clause", clause)]
        subprocess.run([*command, "--report", str(report)], check=False, timeout=120)
    document: dict[str, Any] = json.loads((report / "report.json").read_text())
    return document


def statuses(report: dict[str, Any]) -> list[str]:
    """What became of the clauses that were asked for."""
    return [each["status"] for each in report["clauses"] if each["id"] in CLAUSES]


def test_a_recording_of_published_weights_judges_a_run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_command, "Reference", FakeReference)

    assert cli.main(["record", "--reference", TAG]) == 0

    wrong = judged("images-rotated", tmp_path / "wrong")
    assert published.file(TAG).is_relative_to(home)
    assert statuses(judged("plain", tmp_path / "right")) == ["pass", "pass"]
    assert statuses(wrong) == ["pass", "fail"]
    assert f"those that the reference made of hub weights ({TAG}.npz)" in json.dumps(wrong)


@pytest.mark.usefixtures("home")
def test_without_a_file_there_is_no_clause(tmp_path: Path) -> None:
    report = judged("plain", tmp_path / "report")
    assert statuses(report) == ["n/a", "n/a"]
    assert f"record --reference {TAG} --weights hub makes them" in json.dumps(report)


@pytest.mark.usefixtures("home")
def test_a_file_keeps_what_was_written() -> None:
    right = expected.load(TAG)
    images = {name: rows[0] for name, rows in right.images.items()}

    published.write(published.file(TAG), right.texts, images, {"torch": "2"}, "mine", 224)

    found = published.load(TAG)
    assert (found.origin, found.versions) == ("mine", {"torch": "2"})
    assert set(found.images) == set(right.images)
    assert found.texts["plain"] == pytest.approx(right.texts["plain"], abs=1e-4)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--reference", "no-such-tag"], "there is no model no-such-tag"),
        (["--reference", f"{TAG}1"], f"did you mean {TAG}"),
    ],
)
def test_an_unknown_tag_is_one_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["record", *words]) == 4
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["http://127.0.0.1:1"],
        ["http://127.0.0.1:1", "--reference", TAG, "-o", "file"],
        ["--reference", TAG, "--weights", "stand-in"],
    ],
)
def test_what_is_missing_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", *words]) == 4
    assert "give " in capsys.readouterr().err
