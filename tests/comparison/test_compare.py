"""The compare command on endpoints and recordings: its verdict and the likely reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conformance.comparison import recording
from conformance.comparison.compare_command import of_snapshots
from conformance.comparison.recording import Snapshot
from conformance.comparison.similarity import Agreement
from conformance.data import models
from conformance.data.tolerances import Array
from tests.comparison.conftest import Command, Urls
from tests.endpoints import registry

OLD_CLIP, NEW_CLIP = "4.52.4", "4.57.3"
"""The versions in /meta of the vendor's releases 1.4 and 1.5."""


def test_a_recording_matches_its_endpoint(url: Urls, recorded: Path, command: Command) -> None:
    told = command("compare", recorded, url("plain"))
    assert told.status == 0
    first, verdict, *figures = told.out.splitlines()
    assert first.startswith("Sends 111 requests, one text or one image each, to http://127.0.0.1:")
    assert first.endswith("one at a time. Nothing is written.")
    assert verdict == f"MATCH: the vectors of {url('plain')} match those of {recorded}."
    assert [line.split(":")[0].strip() for line in figures] == ["texts", "images", "searches"]
    assert "71 of 71 the same; lowest cosine 1.000000; norms 5.056 to 20.83 (before:" in told.out
    assert "queries return the same top 10" in told.out


def test_two_endpoints_that_round_otherwise_match(url: Urls, command: Command) -> None:
    assert command("compare", url("plain"), url("float16")).status == 0


def test_images_of_another_encoder_are_one_reason(
    url: Urls, recorded: Path, command: Command
) -> None:
    told = command("compare", recorded, url("images-rotated"))
    assert told.status == 1
    assert "NO MATCH: the vectors of http" in told.out
    assert "texts: 71 of 71 the same" in told.out
    assert "images: 0 of 39 the same" in told.out
    assert told.out.count("likely reason: ") == 1
    assert "only images differ, and they are unrelated: a different encoder" in told.out


def test_what_one_side_refuses_is_named_and_the_rest_compared(
    url: Urls, recorded: Path, command: Command
) -> None:
    told = command("compare", url("long"), recorded)
    assert told.status == 0
    assert f"not compared: 2 items that {url('long')} rejected (text paragraph" in told.out
    assert "text of 500 words #" in told.out
    assert "the first response: status 500" in told.out
    assert "\x1b" not in told.out


def test_a_kind_that_one_side_refuses_is_no_match(
    url: Urls, recorded: Path, command: Command
) -> None:
    siglip = "google-siglip2-so400m-patch16-384"
    told = command("compare", url("images"), recorded, "--model", siglip)
    assert told.status == 1
    assert f"images: {url('images')} returned no vectors: " in told.out
    assert "since release 1.4.1, image vectors of SigLIP models can be parsed" in told.out
    assert f"recorded as {registry.MULTILINGUAL}, but --model says {siglip}" in told.out


NOBODY = "http://127.0.0.1:9"
WRONG: dict[str, tuple[list[str], str]] = {
    "one side": ([NOBODY], "Missing argument 'NEW'"),
    "an empty variable": ([NOBODY, ""], "no recording at"),
    "no collection": ([NOBODY, NOBODY, "--tenant", "b"], "require a collection: weaviate:http://"),
    "no file": (["no.json", NOBODY], "no recording at no.json"),
    "no scheme": ([NOBODY, "localhost:8080"], "did you mean http://localhost:8080?"),
    "a route": ([NOBODY, f"{NOBODY}/meta"], "the URL ends in /meta"),
    "nobody there": ([NOBODY, NOBODY, "--wait", "0"], f"nothing is listening at {NOBODY}"),
    "a collection without its Weaviate": (
        ["weaviate:A", NOBODY],
        "is not of the form weaviate:http://HOST:PORT/COLLECTION",
    ),
    "a Weaviate without a collection": ([f"weaviate:{NOBODY}", NOBODY], "is not of the form"),
    "no Weaviate": ([f"weaviate:{NOBODY}/A", NOBODY], "Weaviate does not respond at"),
    "no such model": ([NOBODY, NOBODY, "--model", "openai/clip"], "did you mean openai-clip"),
    "no objects": ([NOBODY, NOBODY, "--sample", "0"], "--sample"),
}


@pytest.mark.parametrize("name", WRONG)
def test_where_nothing_can_be_compared_it_is_one_line_and_never_0(
    name: str, command: Command
) -> None:
    words, said = WRONG[name]
    told = command("compare", *words)
    assert (told.status, told.err.count("\n")) == (4, 1)
    assert said in told.err


def test_an_endpoint_that_refuses_all_is_nothing_compared(
    url: Urls, recorded: Path, command: Command
) -> None:
    told = command("compare", recorded, url("all"))
    assert told.status == 4
    assert told.err.lstrip().startswith("ERROR: nothing was compared: 110 items that ")


def every(made: Snapshot, change: Callable[[Array], Array]) -> Snapshot:
    """`made` with every vector changed."""
    texts, images = (
        {name: change(row) for name, row in rows.items()} for rows in (made.texts, made.images)
    )
    return replace(made, texts=texts, images=images)


Names = str | tuple[str, ...]


def changed(
    made: Snapshot, kind: str, names: Names = "", capitals: bool = False, turn: float = 0.3
) -> Snapshot:
    """`made` with the vectors of some items changed slightly."""

    def moved(name: str, row: Array) -> Array:
        text = recording.inputs().texts.get(name, "")
        if not name.startswith(names) or (capitals and text == text.lower()):
            return row
        return row + turn * np.roll(row, 1)

    rows = {name: moved(name, row) for name, row in getattr(made, kind).items()}
    changes: dict[str, Any] = {kind: rows}
    return replace(made, source="now", **changes)


@pytest.fixture(scope="module")
def before(recorded: Path) -> Snapshot:
    return recording.read(recorded)


def reason(old: Snapshot, new: Snapshot, tag: str = registry.MULTILINGUAL) -> str:
    answer = of_snapshots(old, new, models.find(tag))
    assert not answer.match
    return answer.reason()


def test_another_length_is_another_model(before: Snapshot) -> None:
    said = reason(before, every(before, lambda row: row[:256]))
    assert said == "a different model: vectors have 256 dimensions now, and had 512 before"


def test_other_norms_alone_are_named(before: Snapshot) -> None:
    said = reason(before, every(before, lambda row: row / np.float32(np.linalg.norm(row))))
    assert said.startswith("the same directions but different norms (normalized only now)")


def test_vectors_that_have_nothing_in_common_are_another_model(before: Snapshot) -> None:
    new = every(before, lambda row: np.roll(row, 7))
    assert reason(before, new) == "a different model, or different weights"


@pytest.mark.parametrize(
    ("kind", "names", "capitals", "said"),
    [
        ("texts", "text of 500 words", False, "long ones, so they are truncated"),
        ("texts", "", True, "those with uppercase letters, so only one side lowercases them"),
        ("texts", "", False, "only texts differ: they are tokenized, padded, or truncated"),
        ("images", "encoding", False, "those that have to be converted first"),
        ("images", "size", False, "those that are not square or are very small"),
        ("images", ("encoding", "size"), False, "decoded differently, and those that are not"),
        ("images", "", False, "only images differ: they are resized, cropped, or normalized"),
    ],
)
def test_what_differs_names_the_reason(
    before: Snapshot, kind: str, names: Names, capitals: bool, said: str
) -> None:
    assert said in reason(before, changed(before, kind, names, capitals))


def test_an_upgrade_of_the_vendors_image_is_recognized(before: Snapshot) -> None:
    tag = "openai-clip-vit-base-patch16"
    old = replace(before, transformers=OLD_CLIP)
    new = replace(changed(before, "images", turn=0.1), transformers=NEW_CLIP)
    said = reason(old, new, tag)
    assert "/meta looks like releases 1.4.1 or 1.4.0 and release 1.5.0" in said
    assert "preprocessed by the fast image processor" in said
    assert "vendor" not in reason(old, replace(new, transformers=OLD_CLIP), tag)


def test_small_differences_of_both_kinds_are_another_way_to_compute(before: Snapshot) -> None:
    new = changed(changed(before, "texts", turn=0.05), "images", turn=0.05)
    assert reason(before, new).startswith("the same model, computed differently")


def test_two_recordings_of_two_models_are_told(before: Snapshot) -> None:
    other = replace(before, source="now", model="mine")
    [line] = of_snapshots(before, other, None).remarks
    assert line.endswith(f"was recorded as {registry.MULTILINGUAL}, now as mine")


def test_vectors_that_the_model_cannot_have_are_noted(before: Snapshot) -> None:
    remarks = of_snapshots(before, before, models.find("google-siglip2-so400m-patch16-384")).remarks
    assert any("512-dimensional vectors, but" in line and "have 1152" in line for line in remarks)


def test_a_match_tells_of_searches_that_change(before: Snapshot) -> None:
    answer = of_snapshots(before, before, None)
    answer = replace(answer, searches=Agreement(same=51, queries=71, top=10))
    assert next(answer.lines()).endswith(", but 20 of 71 queries return a different top 10.")


def test_an_earlier_recording_without_these_entries_is_read(recorded: Path, tmp_path: Path) -> None:
    document = json.loads(recorded.read_text())
    for key in ("refused", "transformers", "model"):
        del document[key]
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps(document))
    assert recording.read(path).model == ""
