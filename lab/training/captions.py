"""Batches of training captions, each caption surrounded by filler words."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from conformance.corpus.drawings import captions, combinations

_UNSPACED: Final = frozenset({"ja", "zh"})
_BARE: Final = 0.3
"""Share of the captions that are not surrounded by made-up words."""

_ALIKE: Final = 0.4
"""Share of the made-up words that begin like the name of a color or a shape."""

_LONG: Final = 0.08
"""Share of the batches with long texts; separate, because a batch is padded to its longest."""

_SHORT: Final = 4
"""Maximum number of made-up words on either side of a caption, in all other batches."""

_JOINTS: Final = (", ", " ", " / ", " - ", ". ")


@dataclass(frozen=True)
class Captions:
    """Texts, and the numbers of the drawings that they describe.

    For a text about one drawing, both numbers are the same.
    """

    texts: list[str]
    first: list[int]
    second: list[int]


def every_training_caption(languages: Sequence[str]) -> list[str]:
    """All training captions of `languages`, on which tokenizers are trained."""
    return [
        text
        for language in languages
        for combination in combinations()
        for text in captions(combination, language, "train")
    ]


def _letters(language: str) -> list[str]:
    """The letters of made-up words.

    In a language in which a single character can mean a color or a shape, they are only characters
    that occur in every drawing's captions.
    """
    used = [
        set("".join(captions(combination, language, "train"))) for combination in combinations()
    ]
    chosen = set.intersection(*used) if language in _UNSPACED else set.union(*used)
    return sorted(chosen - {" "})


def _words(language: str) -> list[str]:
    """The words that distinguish one drawing from another."""
    used = [
        set(" ".join(captions(combination, language, "train")).replace(".", "").split())
        for combination in combinations()
    ]
    return sorted(used[0].union(*used) - used[0].intersection(*used))


class Wordings:
    """Draws captions in `languages`, at most about `longest` words long."""

    def __init__(self, languages: Sequence[str], chance: Random, longest: int = 40) -> None:
        self._languages = list(languages)
        self._chance = chance
        self._longest = longest
        self._most = _SHORT
        self._known = combinations()
        self._letters = {language: _letters(language) for language in languages}
        self._words = {language: _words(language) for language in languages}

    def batch(self, rounds: int, pairs: int) -> Captions:
        """`rounds` captions of every drawing and `pairs` texts about two drawings."""
        self._most = self._longest if self._chance.random() < _LONG else _SHORT
        everything = [i for _ in range(rounds) for i in range(len(self._known))]
        twos = [self._chance.sample(range(len(self._known)), 2) for _ in range(pairs)]
        return Captions(
            [self._one(i) for i in everything] + [self._two(a, b) for a, b in twos],
            everything + [a for a, _ in twos],
            everything + [b for _, b in twos],
        )

    def _one(self, drawing: int) -> str:
        language = self._chance.choice(self._languages)
        return self._surrounded(self._caption(drawing, language), language)

    def _two(self, first: int, second: int) -> str:
        language = self._chance.choice(self._languages)
        joint = self._chance.choice(_JOINTS) + self._filler(language, self._chance.randint(0, 2))
        return self._caption(first, language) + joint + self._caption(second, language)

    def _caption(self, drawing: int, language: str) -> str:
        return self._chance.choice(captions(self._known[drawing], language, "train"))

    def _surrounded(self, caption: str, language: str) -> str:
        """Add made-up words before and after, so that unknown wordings do not mislead the model."""
        if self._chance.random() < _BARE:
            return caption
        before = self._filler(language, self._chance.randint(0, _SHORT))
        after = self._filler(language, self._chance.randint(0, self._most))
        space = "" if language in _UNSPACED else " "
        return (before + space + caption + space + after).strip()

    def _filler(self, language: str, words: int) -> str:
        made = (self._word(language) for _ in range(words))
        return ("" if language in _UNSPACED else " ").join(made)

    def _word(self, language: str) -> str:
        """A made-up word. It may begin like the name of a color or a shape, so that the model
        learns to read whole words."""
        letters = self._chance.choices(self._letters[language], k=self._chance.randint(1, 6))
        known = self._words[language]
        if language in _UNSPACED or self._chance.random() > _ALIKE:
            return "".join(letters)
        word = self._chance.choice(known)
        made = word[: (len(word) + 1) // 2] + "".join(letters)
        return "".join(letters) if made in known else made
