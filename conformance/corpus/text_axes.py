"""Texts made over axes: every mark, in every place that a mark has, and pairs that are alike.

For a mark there are five texts: one, two that differ from it in what stands before the mark and
between two of it, and two that begin with it and differ in what stands after the last. Whatever is
dropped at a mark, in any of the places that it has in these texts, makes two of them one.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.data import fixture_files

_FILE: Final = "text_axes.toml"
WORD, OTHER = "red", "blue"
SHORT: Final = 4
"""Bytes of a mark that may stand in all places: the text has to stay within 64 tokens, even where
each byte is one."""


@dataclass(frozen=True)
class Apart:
    """Two texts that must have different vectors; `name` says what tells them apart."""

    name: str
    one: str
    other: str


def mark_groups() -> tuple[str, ...]:
    """The groups of marks that every model's tokenizer reads over."""
    return tuple(group for group in _table("marks") if group != "controls")


def marks(group: str) -> tuple[Apart, ...]:
    """For each mark of a group the pairs that only differ before, between and after it."""
    return tuple(pair for name, mark in _table("marks")[group].items() for pair in _at(name, mark))


def enclosures() -> tuple[Apart, ...]:
    """For each kind of brackets the pairs that only differ before, inside and after it."""
    pairs: list[Apart] = []
    for name, (left, right) in _table("enclosures").items():
        texts = [
            f"{before} {left}{inside}{right} is {left}{inside}{right} {after}"
            for before, inside, after in _varied()
        ]
        places = ("before", "inside", "after")
        pairs += (Apart(f"{p} {name}", texts[0], t) for p, t in zip(places, texts[1:], strict=True))
    return tuple(pairs)


def apart_groups() -> tuple[str, ...]:
    """The groups of pairs."""
    return tuple(_table("apart"))


def apart(group: str) -> tuple[Apart, ...]:
    """The pairs of a group."""
    return tuple(Apart(name, *pair) for name, pair in _table("apart")[group].items())


def attacks() -> tuple[Apart, ...]:
    """For each attack the pair that only differs in what follows it."""
    table = _table("attacks")
    return tuple(Apart(name, f"{text} {WORD}", f"{text} {OTHER}") for name, text in table.items())


def lookalikes() -> tuple[str, ...]:
    """Whole texts that look like something else."""
    return tuple(_table("lookalikes")["texts"])


def unlike(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those that differ in letters or digits: a tokenizer may drop marks and fold case (SigLIP)."""
    by_letters: dict[str, str] = {}
    for text in texts:
        by_letters.setdefault("".join(filter(str.isalnum, text)).casefold(), text)
    return tuple(text for letters, text in by_letters.items() if letters)


def diacritics(languages: tuple[str, ...]) -> tuple[Apart, ...]:
    """Pairs that only a mark on a letter tells apart, in these languages."""
    table = _table("diacritics")
    return tuple(Apart(each, *table[each]) for each in languages if each in table)


def _at(name: str, mark: str) -> Iterator[Apart]:
    first, second, third = (_inside(mark, *words) for words in _varied()[:3])
    yield Apart(f"before {name}", first, second)
    yield Apart(f"between two of {name}", first, third)
    yield Apart(f"after {name}", _first_and_last(mark, WORD), _first_and_last(mark, OTHER))


def _varied() -> tuple[tuple[str, str, str], ...]:
    return (
        (WORD, WORD, WORD),
        (OTHER, WORD, WORD),
        (WORD, OTHER, WORD),
        (WORD, WORD, OTHER),
    )


def _inside(mark: str, before: str, between: str, _after: str) -> str:
    """After a word, within one, around one, doubled."""
    if _may_join_words(mark):
        return f"{before} {mark} {between} {mark} is"
    if len(mark.encode()) > SHORT:
        return f"{before}{mark}{between} {mark} is"
    return f"{before}{mark} is{mark}on {mark}{between}{mark} {mark}{mark}is"


def _first_and_last(mark: str, after: str) -> str:
    """The mark comes first; then after a word, within one, between blanks, doubled."""
    if _may_join_words(mark):
        return f"{mark} is {mark} {after}"
    if len(mark.encode()) > SHORT:
        return f"{mark}is {mark} {after}"
    return f"{mark}is{mark} on{mark}is {mark} {mark}{mark}{after}"


def _may_join_words(mark: str) -> bool:
    """Whether a tokenizer may take a mark for a letter.

    A word with a letter that it does not know is a single unknown token to WordPiece, so such a
    mark stands between blanks.
    """
    return any(not each.isascii() and not _parts_words(each) for each in mark)


def _parts_words(letter: str) -> bool:
    """Punctuation, blanks, and control and format characters, which WordPiece drops."""
    category = unicodedata.category(letter)
    return category[0] in "PZ" or category in ("Cc", "Cf")


def _table(name: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = fixture_files.toml(_FILE)[name]
    return table
