"""The record command, and how recordings are written, read, and rejected if invalid."""

import json
from pathlib import Path

import numpy as np
import pytest

from conformance.comparison import recording
from conformance.comparison.recording import BadSnapshot, Inputs, NoAnswers, Snapshot, inputs
from conformance.data.messages import UserError
from conformance.transport.exchange import Exchange, Failure, FailureKind
from tests.comparison.conftest import Command, Urls
from tests.endpoints import registry

VECTOR = np.array([0.1, -2.5e-8, 3.0], dtype=np.float32)


def test_the_command_keeps_every_item_and_the_model_it_was_told(recorded: Path) -> None:
    made = recording.read(recorded)
    assert made.model == registry.MULTILINGUAL
    assert made.texts.keys() == inputs().texts.keys()
    assert made.images.keys() == inputs().images.keys()
    assert len(made.texts) >= 60
    assert len(made.images) >= 24
    assert {row.shape for row in made.texts.values()} == {(512,)}


@pytest.mark.parametrize(
    ("name", "tag", "notes"),
    [
        ("plain", registry.MULTILINGUAL, []),
        ("size", registry.MULTILINGUAL, ["has image_size 512, but "]),
        ("plain", "openai-clip-vit-base-patch16", [f"its /meta names {registry.MULTILINGUAL}"]),
        (
            "plain",
            "google-siglip2-so400m-patch16-384",
            ["has 512-dimensional vectors", f"its /meta names {registry.MULTILINGUAL}"],
        ),
    ],
)
def test_what_speaks_against_the_tag_is_noted(
    name: str, tag: str, notes: list[str], url: Urls, command: Command, tmp_path: Path
) -> None:
    told = command("record", url(name), "-o", tmp_path / "v.json", "--model", tag)
    assert told.status == 0
    lines = [line for line in told.lines if line.startswith("note: ")]
    assert len(lines) == len(notes)
    assert all(words in line for words, line in zip(notes, lines, strict=True))


def test_names_hold_a_digest_so_that_equal_names_are_equal_items() -> None:
    again = inputs.__wrapped__()
    assert (again.texts, again.images) == (inputs().texts, inputs().images)


def test_a_file_keeps_every_bit(tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    recording.write(Snapshot("somewhere", {"a": VECTOR}, {}, model="tag"), path)
    found = recording.read(path)
    assert np.array_equal(found.texts["a"], VECTOR)
    assert found.model == "tag"


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "texts": []}', "\x00"]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "vectors.json"
    path.write_text(content)
    with pytest.raises(BadSnapshot, match=r"vectors\.json"):
        recording.read(path)


def test_what_is_refused_is_left_out_and_named(url: Urls, command: Command, tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    told = command("record", url("long"), "-o", path)
    assert told.status == 0
    assert "left out because it was rejected: text of 500 words" in told.out
    assert "\x1b" not in told.out
    assert "requests, one text or one image each, one at a time" in told.err
    made = recording.read(path)
    assert any(name.startswith("text of 500 words") for name in made.refused)
    assert len(made.texts) >= 60


def test_silence_ends_it_early() -> None:
    asked: list[object] = []

    def silent(texts: object, images: object) -> Exchange:
        asked.append((texts, images))
        return Exchange("POST", "http://x", failure=Failure(FailureKind.TIMED_OUT, "late"))

    many = Inputs({str(number): "text" for number in range(50)}, {})
    with pytest.raises(NoAnswers, match="3 items in a row got no response: late"):
        recording.ask("http://x", silent, many)
    assert len(asked) == 3


NOTHING = "http://127.0.0.1:9"
WRONG: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "specify the URL of an endpoint, or --reference TAG"),
    "no file": ([NOTHING], "specify -o FILE"),
    "both": ([NOTHING, "--reference", registry.MULTILINGUAL, "-o", "file"], "specify the URL"),
    "no reference": ([NOTHING, "-o", "file", "--weights", "x"], "--weights the reference's"),
    "two tags": (
        ["--reference", registry.MULTILINGUAL, "--model", registry.MULTILINGUAL],
        "--model describes the endpoint at URL",
    ),
    "no place": (
        ["--reference", registry.MULTILINGUAL, "--weights", "stand-in"],
        "specify -o FILE",
    ),
    "an unknown tag": (["--reference", "no-such-tag"], "unknown model 'no-such-tag'"),
    "a misspelled tag": (
        ["--reference", f"{registry.MULTILINGUAL}1"],
        f"did you mean {registry.MULTILINGUAL}",
    ),
    "an unknown model": ([NOTHING, "-o", "file", "--model", "x"], "unknown model 'x'"),
    "a missing file": (
        ["--reference", "mine", "--models", "no.toml", "--weights", "hub"],
        "no.toml",
    ),
    "nobody there": ([NOTHING, "-o", "file", "--wait", "0"], f"nothing is listening at {NOTHING}"),
    "no URL": (["localhost:8080", "-o", "file"], "did you mean http://localhost:8080?"),
    "not a number": ([NOTHING, "-o", "file", "--wait", "nan"], "not a number of seconds"),
    "an option": ([NOTHING, "--files", "x"], "No such option"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_recorded_is_one_line(
    name: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, said = WRONG[name]
    monkeypatch.chdir(tmp_path)
    told = command("record", *words)
    errors = [line for line in told.err.splitlines() if not line.startswith("Sends ")]
    assert (told.status, len(errors)) == (4, 1), told.err
    assert errors[0].startswith("ERROR: ")
    assert said in errors[0]
    assert list(tmp_path.iterdir()) == []


def test_an_endpoint_that_refuses_all_is_one_line(
    url: Urls, command: Command, tmp_path: Path
) -> None:
    told = command("record", url("all"), "-o", tmp_path / "v.json")
    assert told.status == 4
    assert "ERROR: nothing to record: every item was rejected, the first with: " in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_recording_has_its_place_before_anything_is_sent(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    told = command("record", "http://127.0.0.1:9", "-o", tmp_path / "file" / "new" / "v.json")
    assert told.status == 4
    assert "v.json: Not a directory" in told.err
    assert "Sends " not in told.err
    assert not (tmp_path / "new").exists()
    for place in (["http://127.0.0.1:9"], ["--reference", registry.MULTILINGUAL]):
        assert ": Is a directory" in command("record", *place, "-o", tmp_path).err
    command("record", "http://127.0.0.1:9", "-o", tmp_path / "new" / "v.json", "--wait", "0")
    assert (tmp_path / "new").is_dir()


def test_a_file_that_cannot_be_written_is_one_line(recorded: Path, tmp_path: Path) -> None:
    made = recording.read(recorded)
    with pytest.raises(UserError, match=r"cannot write .*: No such file"):
        recording.write(made, tmp_path / "no" / "file.json")
    assert json.loads(recorded.read_text())["format"] == recording.FORMAT
