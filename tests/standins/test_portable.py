"""The stand-ins' tokenizer files are what transformers 4 and 5 both read."""

import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from lab.training.portable import tokenizer_config
from reference import standins

SIGLIP2 = ("google-siglip2-so400m-patch16-384", "google-siglip2-so400m-patch16-512")


def read(tag: str, name: str) -> Iterator[dict[str, Any]]:
    """The JSON files called `name` in an archive."""
    with standins.archive(tag).open("rb") as packed, tarfile.open(fileobj=packed) as tar:
        for entry in tar:
            if entry.name.rpartition("/")[2] == name:
                content = tar.extractfile(entry)
                assert content is not None
                yield json.loads(content.read())


@pytest.mark.parametrize("tag", standins.available())
def test_tokenizer_files_say_nothing_that_transformers_4_cannot_read(tag: str) -> None:
    found = list(read(tag, "tokenizer_config.json"))
    assert not [each for each in found if each.keys() & {"extra_special_tokens", "backend"}]
    assert "TokenizersBackend" not in [each["tokenizer_class"] for each in found]


@pytest.mark.parametrize("tag", SIGLIP2)
def test_siglip_2_ends_a_text_and_does_not_begin_it(tag: str) -> None:
    (config,) = read(tag, "tokenizer_config.json")
    assert (config["add_bos_token"], config["add_eos_token"]) == (False, True)


@pytest.mark.parametrize("tag", standins.available())
def test_image_processors_are_where_both_look(tag: str) -> None:
    assert not [each for each in read(tag, "processor_config.json") if "image_processor" in each]


def test_special_tokens_keep_their_old_name() -> None:
    config = {"tokenizer_class": "TokenizersBackend", "extra_special_tokens": ["<image>"]}
    assert tokenizer_config(config) == {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "additional_special_tokens": ["<image>"],
    }
