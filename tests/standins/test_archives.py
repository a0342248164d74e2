"""The packed stand-ins are complete and small, and they load in transformers 4 and 5."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.data.models import load
from lab.training.portable import tokenizer_config
from reference import standins

MEGABYTE = 10**6
LAYOUTS = {
    "sentence-transformers": {"clip/modules.json", "text/modules.json"},
    "clip": {"openai_clip/model.safetensors", "openai_clip_processor/tokenizer.json"},
    "siglip": {"siglip/model.safetensors", "siglip/config.json"},
    "open_clip": {"openclip/config.json", "openclip/open_clip_model.safetensors"},
    "modernvbert": {"modernvbert/model.safetensors", "modernvbert/config.json"},
}
CONFIGS = ("tokenizer_config.json", "processor_config.json")
SIGLIP2 = ("google-siglip2-so400m-patch16-384", "google-siglip2-so400m-patch16-512")


@cache
def contents(tag: str) -> tuple[dict[str, int], list[tuple[str, dict[str, Any]]]]:
    """The sizes of the files in an archive, and the content of those in `CONFIGS`, by name."""
    sizes, configs = {}, []
    with standins.opened(tag) as tar:
        for entry in tar:
            if entry.isfile():
                sizes[entry.name] = entry.size
            if (name := entry.name.rpartition("/")[2]) in CONFIGS:
                file = tar.extractfile(entry)
                assert file is not None
                configs.append((name, json.loads(file.read())))
    return sizes, configs


def configs(tag: str, name: str) -> list[dict[str, Any]]:
    return [config for found, config in contents(tag)[1] if found == name]


def test_every_listed_model_has_a_stand_in() -> None:
    assert set(standins.available()) == set(load())


def test_all_together_are_small() -> None:
    sizes = [len(standins.archive(tag).read_bytes()) for tag in standins.available()]
    assert sum(sizes) <= 40 * MEGABYTE


@pytest.mark.parametrize("tag", standins.available())
def test_a_stand_in_has_the_layout_of_the_vendors_image(tag: str) -> None:
    library = load()[tag].library
    assert library is not None
    files = contents(tag)[0]
    assert LAYOUTS[library] <= files.keys()
    assert sum(files.values()) <= 200 * MEGABYTE


@pytest.mark.parametrize("tag", standins.available())
def test_every_stand_in_has_graphs(tag: str) -> None:
    sizes = contents(tag)[0]
    assert {"onnx.json", "text.onnx", "image.onnx"} <= set(sizes)
    # The weights are only in the checkpoint's own files.
    assert sizes["text.onnx"] + sizes["image.onnx"] < 500_000


@pytest.mark.parametrize("tag", standins.available())
def test_configurations_say_nothing_that_transformers_4_cannot_read(tag: str) -> None:
    tokenizers = configs(tag, "tokenizer_config.json")
    assert not [each for each in tokenizers if each.keys() & {"extra_special_tokens", "backend"}]
    assert "TokenizersBackend" not in [each["tokenizer_class"] for each in tokenizers]
    assert not [each for each in configs(tag, "processor_config.json") if "image_processor" in each]


@pytest.mark.parametrize("tag", SIGLIP2)
def test_siglip_2_ends_a_text_and_does_not_begin_it(tag: str) -> None:
    [config] = configs(tag, "tokenizer_config.json")
    assert (config["add_bos_token"], config["add_eos_token"]) == (False, True)


def test_special_tokens_keep_their_old_name() -> None:
    config = {"tokenizer_class": "TokenizersBackend", "extra_special_tokens": ["<image>"]}
    assert tokenizer_config(config) == {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "additional_special_tokens": ["<image>"],
    }


def test_a_stand_in_is_unpacked_into_its_own_folder(tmp_path: Path) -> None:
    folder = standins.unpack("openai-clip-vit-base-patch16", tmp_path)
    assert folder.parent == tmp_path
    assert (folder / "openai_clip" / "config.json").is_file()


def test_an_unknown_tag_is_a_lookup_error(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no-such-model"):
        standins.unpack("no-such-model", tmp_path)
