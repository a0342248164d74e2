"""Recordings: made, written, read, and refused where they are none."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from conformance.command import cli
from conformance.comparison import recording
from conformance.comparison.recording import BadSnapshot, Inputs, Snapshot, inputs
from conformance.comparison.similarity import pairs
from tests.endpoints import registry
from tests.endpoints.server import serve

FEW = Inputs({"text a": "a red circle", "text b": "green"}, {})
VECTOR = np.array([0.1, -2.5e-8, 3.0], dtype=np.float32)


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """A conformant endpoint."""
    with serve(registry.find("plain").build()) as url:
        yield url


def made(**texts: np.ndarray) -> Snapshot:
    """A recording of texts alone."""
    return Snapshot("somewhere", texts, {})


def test_inputs_are_named_once_and_for_all() -> None:
    first, again = inputs(), inputs()
    assert first.texts == again.texts
    assert first.images == again.images
    assert len(first.texts) >= 60
    assert len(first.images) >= 24


def test_an_endpoint_is_asked_for_each_item(plain: str) -> None:
    with recording.opened(plain, 10.0) as endpoint:
        found = recording.ask(plain, endpoint.vectorize, FEW)
    assert list(found.texts) == list(FEW.texts)
    assert {row.shape for row in found.texts.values()} == {(512,)}


def test_a_file_keeps_every_bit(tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    recording.write(made(a=VECTOR), path, "tag")
    assert np.array_equal(recording.read(path).texts["a"], VECTOR)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "texts": []}', "\x00"]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "vectors.json"
    path.write_text(content)
    with pytest.raises(BadSnapshot, match=r"vectors\.json"):
        recording.read(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSnapshot, match="no recording at"):
        recording.read(tmp_path / "nothing.json")


def test_pairs_come_furthest_first() -> None:
    here, there = {"a": VECTOR, "b": VECTOR, "c": VECTOR}, {"a": VECTOR, "b": -VECTOR}
    found = pairs(here, there)
    assert [pair.name for pair in found] == ["b", "a"]
    assert found[0].cosine == pytest.approx(-1)
    assert found[1].distance == 0


def test_other_widths_are_infinitely_far() -> None:
    (pair,) = pairs({"a": VECTOR}, {"a": VECTOR[:2]})
    assert pair.distance == float("inf")


def test_the_command_records(
    plain: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vectors.json"
    assert cli.main(["record", plain, "-o", str(path), "--model", "tag"]) == 0
    assert json.loads(path.read_text())["model"] == "tag"
    assert str(path) in capsys.readouterr().out


def test_the_command_ends_in_one_line_where_nothing_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["record", "http://127.0.0.1:9", "-o", str(tmp_path / "v.json"), "--wait", "1"]
    assert cli.main(arguments) == 4
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
