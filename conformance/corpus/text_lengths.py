"""Texts of every length: in letters, in tokens, without a blank, and of hundreds of kilobytes."""

from functools import cache
from itertools import cycle, islice
from typing import Final

LONGEST: Final = 300
"""Letters of the longest text of the pool, and so how many texts it has."""
ONE_TOKEN: Final = ("is", "on")
"""Words of one token in every tokenizer of the table, the stand-ins' small ones included."""
MARKS: Final = 4
"""Tokens of the limit that are left to the model's own marks."""
PLACES: Final = 40
"""Places of a long limit that are tried, the first and the last among them."""
WORD_LENGTHS: Final = (64, 101, 257, 1000, 10_000)
"""Letters of a word: WordPiece gives up at 100; 8 bits hold 255."""
BODY_LETTERS: Final = 300_000


@cache
def pool() -> tuple[str, ...]:
    """A text of each length from 1 to LONGEST letters; all differ within the first few letters."""
    filler = "".join(islice(cycle("on a red mat is a dog "), LONGEST))
    texts = [f"{_code(length)} {filler}"[:length] for length in range(1, LONGEST + 1)]
    # A blank at the end need not count: tokenizers drop it.
    return tuple(text if not text.endswith(" ") else f"{text[:-1]}." for text in texts)


def _code(number: int) -> str:
    """Three letters that no other number up to 26 ** 3 has."""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in range(3))


@cache
def one_word_apart(limit: int) -> tuple[str, ...]:
    """A text up to a limit of tokens, and texts that differ from it in the word at one place."""
    words = [ONE_TOKEN[place % 2] for place in range(limit - MARKS)]
    every = range(len(words))
    places = every if len(words) <= 2 * PLACES else _spread(len(words))
    changed = [[*words[:at], ONE_TOKEN[(at + 1) % 2], *words[at + 1 :]] for at in places]
    return tuple(map(" ".join, [words, *changed]))


def _spread(count: int) -> list[int]:
    return sorted({round(step * (count - 1) / (PLACES - 1)) for step in range(PLACES)})


@cache
def around(limit: int) -> tuple[str, ...]:
    """Texts of just so many one-token words as the limit, with and without a model's marks."""
    counts = range(limit - MARKS, limit + MARKS)
    return tuple(" ".join(islice(cycle(ONE_TOKEN), count)) for count in counts)


@cache
def beyond(limit: int) -> tuple[str, str]:
    """Two texts that only differ in what comes after twice a limit of tokens."""
    same = " ".join(islice(cycle(ONE_TOKEN), 2 * limit))
    return f"{same} red circle", f"{same} blue square on paper"


def bodies() -> dict[str, tuple[str, ...]]:
    """Requests of hundreds of kilobytes: one text, and a list of long ones."""
    one = "".join(islice(cycle("a red mat and a dog. "), BODY_LETTERS))
    several = tuple(f"{number} {one[:10_000]}" for number in range(40))
    wide = "赤い丸と青い四角。" * (BODY_LETTERS // 27)
    return {
        "one text of 300 kB": (one,),
        "40 texts of 10 kB": several,
        "300 kB of Japanese": (wide,),
    }
