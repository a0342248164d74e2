"""The texts of the axes show what is done at one value of one axis, without a service."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

import pytest

from conformance.corpus import json_escapes, text_axes, text_lengths
from conformance.corpus.text_axes import Apart
from conformance.data import fixture_files
from tests.endpoints.text_changes import CHANGES, Change, until

GROUPS = (*text_axes.mark_groups(), "controls")
MARKS = {
    name: mark
    for group in fixture_files.toml("text_axes.toml")["marks"].values()
    for name, mark in group.items()
}
PAIRS = tuple(
    chain(
        *map(text_axes.marks, GROUPS),
        text_axes.enclosures(),
        *map(text_axes.apart, text_axes.apart_groups()),
        text_axes.attacks(),
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


def shown(pairs: Iterable[Apart], change: Change) -> bool:
    """Whether some texts that differ become one by a change."""
    return any(change(pair.one).split() == change(pair.other).split() for pair in pairs)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_texts_is_shown(what: str) -> None:
    assert shown(PAIRS, CHANGES[what])


NORMALISED: dict[str, Change] = {
    "as it is": str,
    "small letters": str.casefold,
    "no ASCII marks": lambda text: re.sub(r"[!-/:-@\[-`{-~]", "", text),
    "no control and format characters": lambda text: "".join(
        letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf")
    ),
    "compatibility forms": lambda text: unicodedata.normalize("NFKC", text),
    "entities read": html.unescape,
}


@pytest.mark.parametrize("how", NORMALISED)
def test_what_tokenizers_may_do_leaves_the_texts_apart(how: str) -> None:
    assert not shown(PAIRS, NORMALISED[how])


@pytest.mark.parametrize("name", MARKS)
def test_what_is_cut_at_a_mark_is_shown(name: str) -> None:
    mark = MARKS[name]
    own = [pair for pair in PAIRS if pair.name.endswith(f" {name}")]
    assert shown(own, until(mark))
    assert shown(own, lambda text: text.rpartition(mark)[2])
    assert shown(own, lambda text: text.partition(mark)[2] or text)
    assert shown(
        own, lambda text: re.sub(f"{re.escape(mark)}.*?{re.escape(mark)}", "", text, flags=re.S)
    )


@pytest.mark.parametrize("what", GATEWAYS)
def test_what_a_gateway_blocks_is_sent(what: str) -> None:
    texts = [pair.one for pair in text_axes.attacks()]
    assert any(re.search(GATEWAYS[what], text, re.IGNORECASE) for text in texts)


def test_the_pool_has_a_text_of_each_length() -> None:
    pool = text_lengths.pool()
    assert [len(text) for text in pool] == list(range(1, text_lengths.LONGEST + 1))
    assert len({text[:5] for text in pool}) == len(pool)


@pytest.mark.parametrize("limit", LIMITS)
def test_one_word_is_another_at_each_place(limit: int) -> None:
    whole, *changed = text_lengths.one_word_apart(limit)
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
    assert (places[0], places[-1]) == (0, limit - text_lengths.MARKS - 1)


@pytest.mark.parametrize("form", json_escapes.FORMS)
def test_escapes_are_json(form: str) -> None:
    body = json_escapes.body(json_escapes.TEXTS, json_escapes.FORMS[form])
    assert json.loads(body) == {"texts": list(json_escapes.TEXTS)}
