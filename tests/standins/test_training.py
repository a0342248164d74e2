"""The stand-ins' training data."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from conformance.corpus.drawings import captions, combinations, languages
from lab.training import small_tokenizers
from lab.training.captions import Wordings
from lab.training.packing import pack

KINDS: dict[str, Callable[[], Any]] = {
    "clip": lambda: small_tokenizers.clip(77),
    "xlm-roberta": lambda: small_tokenizers.xlm_roberta(languages(), 77),
    "distilbert": lambda: small_tokenizers.distilbert(languages(), 128),
    "gemma": lambda: small_tokenizers.gemma(languages(), 64),
    "modernbert": lambda: small_tokenizers.modernbert(7999),
}
TEXTS = ["a red circle", "緑の正方形", "สวัสดี", "გამარჯობა", "नमस्ते", "안녕하세요", "😀", "Ωμέγα"]


@pytest.mark.parametrize("kind", KINDS)
def test_texts_in_any_script_have_tokens_of_their_own(kind: str) -> None:
    tokenizer = KINDS[kind]()
    assert len({tuple(tokenizer(text)["input_ids"]) for text in TEXTS}) == len(TEXTS)


def test_end_of_text_has_the_highest_id() -> None:
    # transformers' CLIP pools at the highest id if a configuration has eos_token_id 2.
    tokenizer = small_tokenizers.clip(77)
    assert tokenizer.eos_token_id == len(tokenizer) - 1


def test_held_out_wordings_are_not_trained_on() -> None:
    drawn = " ".join(Wordings(["en"], Random(1)).batch(20, 20).texts)
    held_out = [text for c in combinations() for text in captions(c, "en", "held_out")]
    assert not [text for text in held_out if text in drawn]


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / "weights").write_bytes(bytes(1000))
    pack(tmp_path / "checkpoint", tmp_path / "one")
    pack(tmp_path / "checkpoint", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
