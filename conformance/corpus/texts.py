"""Texts to encode: real ones in many scripts, edge cases, and ones beyond every token limit.

All of them are valid Unicode, so all can stand in a JSON request (lone surrogates cannot, and
Weaviate cannot send them). The texts are in `fixtures/texts.toml`.
"""

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from conformance.data import fixture_files

_FILE: Final = "texts.toml"
_WORDS: Final = (
    "a photo of the red house and a small dog on green grass near an old tree by the river"
)


@dataclass(frozen=True)
class Text:
    """One text; `id` is stable and names it in reports."""

    id: str
    language: str
    """ISO 639 code; "und" where a text has no language."""
    text: str

    def __str__(self) -> str:
        return self.id


def real() -> tuple[Text, ...]:
    """Sentences, titles, addresses, code and the like, as users' objects hold them."""
    return _texts("real")


def edge() -> tuple[Text, ...]:
    """Texts with next to nothing in them, or with characters that programs stumble over."""
    return _texts("edge")


def long(words: int) -> str:
    """`words` plain English words, which are at least as many tokens to every tokenizer.

    A shorter one is the beginning of a longer one, so that truncation can be seen.
    """
    return " ".join(islice(cycle(_WORDS.split()), words))


def unbroken(letters: int) -> str:
    """One "word" of `letters` letters without a blank, as a base64 string or a long URL is."""
    return "".join(islice(cycle("lorem"), letters))


def _texts(group: str) -> tuple[Text, ...]:
    rows = fixture_files.toml(_FILE)[group]
    return tuple(Text(row["id"], row.get("language", "und"), row["text"]) for row in rows)
