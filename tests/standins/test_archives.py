"""The packed stand-ins: all there, small, and in the vendor's layout."""

import tarfile
from pathlib import Path

import pytest

from conformance.data.models import load
from reference import standins

MEGABYTE = 10**6
LAYOUTS = {
    "sentence-transformers": {"clip/modules.json", "text/modules.json"},
    "clip": {"openai_clip/model.safetensors", "openai_clip_processor/tokenizer.json"},
    "siglip": {"siglip/model.safetensors", "siglip/config.json"},
    "open_clip": {"openclip/config.json", "openclip/open_clip_model.safetensors"},
    "modernvbert": {"modernvbert/model.safetensors", "modernvbert/config.json"},
}


def entries(tag: str) -> dict[str, int]:
    """Names and sizes of the files in an archive."""
    with standins.archive(tag).open("rb") as packed, tarfile.open(fileobj=packed) as tar:
        return {entry.name: entry.size for entry in tar if entry.isfile()}


def test_every_listed_model_has_a_stand_in() -> None:
    assert set(standins.available()) == set(load())


def test_all_together_are_small() -> None:
    sizes = [len(standins.archive(tag).read_bytes()) for tag in standins.available()]
    assert sum(sizes) <= 40 * MEGABYTE


@pytest.mark.parametrize("tag", standins.available())
def test_a_stand_in_has_the_layout_of_the_vendors_image(tag: str) -> None:
    library = load()[tag].library
    assert library is not None
    assert LAYOUTS[library] <= entries(tag).keys()


@pytest.mark.parametrize("tag", standins.available())
def test_a_stand_in_unpacks_to_little(tag: str) -> None:
    assert sum(entries(tag).values()) <= 200 * MEGABYTE


def test_a_stand_in_is_unpacked_into_its_own_folder(tmp_path: Path) -> None:
    folder = standins.unpack("openai-clip-vit-base-patch16", tmp_path)
    assert folder.parent == tmp_path
    assert (folder / "openai_clip" / "config.json").is_file()


def test_an_unknown_tag_is_a_lookup_error(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no-such-model"):
        standins.unpack("no-such-model", tmp_path)
