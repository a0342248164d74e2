"""Comparisons in a suite run, and the EXA group with a published model's recorded vectors."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conformance import Report, UserError, run
from conformance.comparison import record_command
from conformance.exact import expected, items
from conformance.transport.reference_process import Reference
from tests.comparison.conftest import Command, Urls
from tests.endpoints import registry
from tests.endpoints.server import serve

TAG = registry.MULTILINGUAL
CLAUSES = ("CMP-01", "CMP-02", "CMP-03", "CMP-04")


def compared(url: str, other: object, *clauses: str) -> Report:
    """A run of only the comparison, or of some of its clauses."""
    return run(
        url,
        model=TAG,
        weights="stand-in",
        weaviate="off",
        group=() if clauses else ["comparison"],
        clause=clauses,
        compare_with=str(other),
    )


def exact(url: str) -> Report:
    """A run with published weights, over two clauses of EXA."""
    return run(url, model=TAG, weaviate="off", clause=["EXA-01", "EXA-06"])


def statuses(report: Report, *ids: str) -> list[str]:
    return [str(report.clauses[each].status) for each in ids]


def test_a_run_matches_a_recording(url: Urls, recorded: Path) -> None:
    report = compared(url("long"), recorded)
    assert statuses(report, *CLAUSES) == ["pass", "pass", "pass", "n/a"]
    measured = report.document["measurements"]
    assert sum(name.startswith("compared with ") for name in measured) >= 84
    told = measured[f"not compared with {recorded}"]
    assert "Sequence length" in told
    assert "\x1b" not in told
    assert "queries return the same top 10" in json.dumps(measured)


def test_one_cause_is_one_finding(url: Urls) -> None:
    report = compared(url("upgraded"), url("plain"))
    assert statuses(report, *CLAUSES) == ["pass", "fail", "fail", "n/a"]
    assert [finding.clause.id for finding in report.findings] == ["CMP-02"]
    assert "a different model, or different weights" in json.dumps(report.document)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("", "not requested"),
        ("weaviate:http://127.0.0.1:9/Products", "Weaviate does not respond at http://127.0.0.1:9"),
    ],
)
def test_a_run_that_compares_nothing_is_never_0(url: Urls, other: str, said: str) -> None:
    report = compared(url("plain"), other, "CMP-02", "CMP-04")
    assert (report.verdict, report.exit_status) == ("incomplete", 6)
    assert said in json.dumps(report.document)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("no.json", "no recording at no.json"),
        ("weaviate:Products", "is not of the form weaviate:http"),
    ],
)
def test_what_nothing_can_be_compared_with_ends_a_run_at_once(other: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        run("http://127.0.0.1:9", model=TAG, compare_with=other)


class FakeReference(Reference):
    """Replaces the program that would load the weights."""

    running = True

    def __init__(self, tag: str, weights: str, extra: list[str]) -> None:
        self._served = serve(registry.find("plain").build())
        self.started = (tag, weights, extra)
        self.url = self._served.__enter__()

    def stop(self) -> None:
        self._served.__exit__(None, None, None)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return expected.published_folder()


def test_a_recording_of_published_weights_judges_a_run(
    home: Path, url: Urls, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = exact(url("images-rotated"))
    assert statuses(missing, "EXA-01", "EXA-06") == ["n/a", "n/a"]
    assert f"record --reference {TAG} --weights hub creates them" in json.dumps(missing.document)

    monkeypatch.setattr(record_command, "Reference", FakeReference)
    assert command("record", "--reference", TAG).status == 0

    assert expected.published_file(TAG).is_relative_to(home)
    report = exact(url("images-rotated"))
    assert statuses(report, "EXA-01", "EXA-06") == ["pass", "fail"]
    origin = f"the vectors that the reference computed with hub weights ({TAG}.npz)"
    assert origin in json.dumps(report.document)


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


def test_a_file_keeps_what_was_written(home: Path) -> None:
    home.mkdir(parents=True)
    right = expected.load(TAG)
    images = {name: rows[0] for name, rows in right.images.items()}
    copies = dict.fromkeys(items.copies(224), images["own size"])
    copies[items.OFF.format("larger, wide")] = images["larger, wide"] * np.float32(1.01)

    expected.write_published(
        expected.published_file(TAG), right.texts, images | copies, {"torch": "2"}, "mine", 224
    )

    found = expected.load_published(TAG)
    assert (found.origin, found.versions) == ("mine", {"torch": "2"})
    assert set(found.images) == set(right.images)
    assert {name for name, rows in found.images.items() if len(rows) > 1} == set(items.MODES)
    assert found.bars["larger, wide"] == pytest.approx(0.06, rel=0.05)
    assert found.texts["plain"] == pytest.approx(right.texts["plain"], abs=1e-4)
