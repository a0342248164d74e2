"""Every text can be sent as JSON, and each variant differs from its original in one property."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

import pytest

from conformance.corpus import texts
from conformance.corpus.texts import Apart
from conformance.data import fixture_files
from tests.endpoints.text_changes import CHANGES, Change, until

GROUPS = (*texts.mark_groups(), "controls")
MARKS = {
    name: mark
    for group in fixture_files.toml("text_axes.toml")["marks"].values()
    for name, mark in group.items()
}
PAIRS = tuple(
    chain(
        *map(texts.marks, GROUPS),
        texts.enclosures(),
        *map(texts.apart, texts.apart_groups()),
        texts.attacks(),
    )
)
GATEWAYS = {
    "a gateway blocks DROP TABLE": r"drop\s+table",
    "a gateway blocks onerror= and javascript:": "onerror=|javascript:",
    "a gateway blocks $( and backticks": r"\$\(|`",
    "a gateway blocks <?php": r"<\?",
    "a gateway blocks XML entities": "<!ENTITY|<!DOCTYPE",
    "a gateway blocks the address of cloud metadata": r"169\.254\.169\.254",
    "a gateway blocks {{ }}": r"\{\{",
}
LIMITS = (32, 64, 77, 128, 512)
LOWEST = 64
TEXTS = [*texts.real(), *texts.edge()]


def shown(pairs: Iterable[Apart], change: Change) -> bool:
    return any(change(pair.one).split() == change(pair.other).split() for pair in pairs)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_texts_is_shown(what: str) -> None:
    assert shown(PAIRS, CHANGES[what])


NORMALIZED: dict[str, Change] = {
    "as it is": str,
    "small letters": str.casefold,
    "no ASCII marks": lambda text: re.sub(r"[!-/:-@\[-`{-~]", "", text),
    "no control and format characters": lambda text: "".join(
        letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf")
    ),
    "compatibility forms": lambda text: unicodedata.normalize("NFKC", text),
    "entities read": html.unescape,
}


@pytest.mark.parametrize("how", NORMALIZED)
def test_what_tokenizers_may_do_leaves_the_texts_apart(how: str) -> None:
    assert not shown(PAIRS, NORMALIZED[how])


def test_what_is_cut_at_a_mark_is_shown() -> None:
    unseen = [
        name
        for name, mark in MARKS.items()
        for cut in cuts(mark)
        if not shown([pair for pair in PAIRS if pair.name.endswith(f" {name}")], cut)
    ]
    assert not unseen


def cuts(mark: str) -> tuple[Change, ...]:
    """The ways to cut a text: before the first mark, after the last or first mark, or between two
    marks."""
    between = re.compile(f"{re.escape(mark)}.*?{re.escape(mark)}", re.DOTALL)
    return (
        until(mark),
        lambda text: text.rpartition(mark)[2],
        lambda text: text.partition(mark)[2] or text,
        lambda text: between.sub("", text),
    )


@pytest.mark.parametrize("what", GATEWAYS)
def test_what_a_gateway_blocks_is_sent(what: str) -> None:
    sent = [pair.one for pair in texts.attacks()]
    assert any(re.search(GATEWAYS[what], text, re.IGNORECASE) for text in sent)


def test_there_is_a_text_of_each_length() -> None:
    pool, longer = texts.pool(), texts.longer()
    assert sorted({len(text) for text in (*pool, *longer)}) == list(range(1, texts.LONGEST + 1))
    assert len({text[:5] for text in pool}) == len(pool)


def test_the_pool_is_within_the_lowest_limit() -> None:
    tokenizer = pytest.importorskip("open_clip").SimpleTokenizer()
    assert max(len(tokenizer.encode(text)) for text in texts.pool()) <= LOWEST - texts.MARKS


@pytest.mark.parametrize("limit", LIMITS)
def test_one_word_is_another_at_each_place(limit: int) -> None:
    whole, *changed = texts.one_word_apart(limit)
    differences = [
        [
            place
            for place, pair in enumerate(zip(text.split(), whole.split(), strict=True))
            if len(set(pair)) > 1
        ]
        for text in changed
    ]
    assert all(len(each) == 1 for each in differences)
    places = [each[0] for each in differences]
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (0, limit - texts.MARKS - 1)


@pytest.mark.parametrize("form", texts.ESCAPES)
def test_escapes_are_json(form: str) -> None:
    body = texts.escaped_body(texts.ESCAPED, texts.ESCAPES[form])
    assert json.loads(body) == {"texts": list(texts.ESCAPED)}


def test_there_are_real_texts_in_at_least_fifteen_scripts() -> None:
    letters = {letter for text in texts.real() for letter in text.text if letter.isalpha()}
    assert len({unicodedata.name(letter).split()[0] for letter in letters}) >= 15


def test_texts_have_ids_of_their_own() -> None:
    assert len({text.id for text in TEXTS}) == len(TEXTS) >= 50


def test_every_text_survives_json() -> None:
    sent = [text.text for text in TEXTS]
    assert json.loads(json.dumps(sent, ensure_ascii=False).encode("utf-8")) == sent


@pytest.mark.parametrize("words", [1, 78, 500, 5000])
def test_a_long_text_has_as_many_words_and_begins_a_longer_one(words: int) -> None:
    assert len(texts.long(words).split()) == words
    assert texts.long(words + 1).startswith(texts.long(words))
