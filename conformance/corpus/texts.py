"""Texts to encode: realistic texts, edge cases, and texts that vary in symbols, length, or escapes.

All of them are valid Unicode and can therefore be sent as JSON (lone surrogates cannot, and
Weaviate cannot send them). The words are in `fixtures/texts.toml` and `fixtures/text_axes.toml`.

For each mark there are five texts: one, two that differ from it before the mark and between two
marks, and two that begin with it and differ after the last mark. If a model drops text at the mark
in any of these places, two of the texts get the same vector.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from typing import Any, Final

from conformance.data import fixture_files

_FILE: Final = "texts.toml"
_AXES: Final = "text_axes.toml"
_WORDS: Final = (
    "a photo of the red house and a small dog on green grass near an old tree by the river"
)
WORD, OTHER = "red", "blue"
SHORT: Final = 4
"""Maximum size in bytes of a mark that is tried in every place: the text has to stay within 64
tokens, even if each byte is a token."""
LONGEST: Final = 300
"""Length in letters of the longest text, and also the number of texts in the pool."""
WITHIN: Final = 150
"""Length in letters of the longest text in the pool, which stays below 64 tokens, the lowest limit
of any model."""
ONE_TOKEN: Final = ("is", "on")
"""Words of one token in every tokenizer of the table, including the stand-ins' small ones."""
MARKS: Final = 4
"""Tokens of the limit reserved for the model's special tokens."""
BUCKET: Final = 16
"""Tokens; services that pad texts usually pad them to a multiple of this."""
SHORTEST: Final = 3
"""Number of words up to which texts show whether a repeated word makes a difference at all."""
PLACES: Final = 40
"""Number of places that are tried within a long limit, including the first and the last."""
WORD_LENGTHS: Final = (64, 101, 257, 1000, 10_000)
"""Lengths of words: WordPiece gives up at 100 letters, and 8-bit counts end at 255."""
BODY_LETTERS: Final = 300_000

ESCAPED: Final[tuple[str, ...]] = tuple(fixture_files.toml(_FILE)["escaped"])
"""Texts with letters that JSON can escape in several ways."""
SHORT_ESCAPES: Final = {each: json.dumps(each)[1:-1] for each in '"\\\b\f\n\r\t'} | {"/": "\\/"}

Escape = Callable[[str], str]


@dataclass(frozen=True)
class Text:
    """One text; `id` is stable and names it in reports."""

    id: str
    text: str

    def __str__(self) -> str:
        return self.id


def real() -> tuple[Text, ...]:
    """Sentences, titles, addresses, code, and similar texts, as in users' objects."""
    return _texts("real")


def edge() -> tuple[Text, ...]:
    """Nearly empty texts, and characters that often cause errors."""
    return _texts("edge")


def long(words: int) -> str:
    """`words` plain English words, each of which is at least one token in every tokenizer.

    A shorter text is the beginning of a longer one, so that truncation is detectable.
    """
    return " ".join(islice(cycle(_WORDS.split()), words))


def _texts(group: str) -> tuple[Text, ...]:
    rows = fixture_files.toml(_FILE)[group]
    return tuple(Text(row["id"], row["text"]) for row in rows)


@dataclass(frozen=True)
class Apart:
    """Two texts that must have different vectors; `name` describes their difference."""

    name: str
    one: str
    other: str


def mark_groups() -> tuple[str, ...]:
    """The groups of marks at which no model's tokenizer stops reading."""
    return tuple(group for group in _table("marks") if group != "controls")


def marks(group: str) -> tuple[Apart, ...]:
    """For each mark of a group, pairs that differ only before, between, and after it."""
    return tuple(pair for name, mark in _table("marks")[group].items() for pair in _at(name, mark))


def enclosures() -> tuple[Apart, ...]:
    """For each kind of bracket, pairs that differ only before, inside, and after it."""
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
    """The names of all groups of pairs that must have different vectors."""
    return tuple(_table("apart"))


def apart(group: str) -> tuple[Apart, ...]:
    """The pairs of a group."""
    return tuple(Apart(name, *pair) for name, pair in _table("apart")[group].items())


def nearly_equal() -> tuple[str, ...]:
    """Texts that differ only in case, marks, spaces, or Unicode form, and one text twice."""
    text = "Crème brûlée on a red plate"
    forms = [unicodedata.normalize("NFD", text), "Creme brulee on a red plate"]
    marked = [f"{text}.", f'"{text}"', text.replace(" on", ", on"), text.replace(" ", "-")]
    spaced = [f" {text}", text.replace(" ", "  "), text.replace(" on ", "\non\n")]
    return (text, text.lower(), text.upper(), *forms, *marked, *spaced, text)


def attacks() -> tuple[Apart, ...]:
    """For each attack, a pair that differs only in the text after it."""
    table = _table("attacks")
    return tuple(Apart(name, f"{text} {WORD}", f"{text} {OTHER}") for name, text in table.items())


def lookalikes() -> tuple[str, ...]:
    """Whole texts that look like something else: paths, numbers, code."""
    return tuple(_table("lookalikes")["texts"])


def tokenizer_marks() -> tuple[str, ...]:
    """Texts that look like special tokens or template marks; they may share a vector."""
    return tuple(_table("lookalikes")["marks"])


def unlike(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts that differ in letters or digits; SigLIP's tokenizer drops marks and case."""
    by_letters: dict[str, str] = {}
    for text in texts:
        by_letters.setdefault("".join(filter(str.isalnum, text)).casefold(), text)
    return tuple(text for letters, text in by_letters.items() if letters)


def diacritics(languages: tuple[str, ...]) -> tuple[Apart, ...]:
    """Pairs in these languages that differ only in a diacritic."""
    table = _table("diacritics")
    return tuple(Apart(each, *table[each]) for each in languages if each in table)


def _at(name: str, mark: str) -> Iterator[Apart]:
    first, second, third = (_inside(mark, *words) for words in _varied()[:3])
    yield Apart(f"before the mark: {name}", first, second)
    yield Apart(f"between two marks: {name}", first, third)
    yield Apart(
        f"after the mark: {name}", _first_and_last(mark, WORD), _first_and_last(mark, OTHER)
    )


def _varied() -> tuple[tuple[str, str, str], ...]:
    return (
        (WORD, WORD, WORD),
        (OTHER, WORD, WORD),
        (WORD, OTHER, WORD),
        (WORD, WORD, OTHER),
    )


def _inside(mark: str, before: str, between: str, _after: str) -> str:
    """The mark after a word, within one, around one, and doubled."""
    if _may_join_words(mark):
        return f"{before} {mark} {between} {mark} is"
    if len(mark.encode()) > SHORT:
        return f"{before}{mark}{between} {mark} is"
    return f"{before}{mark} is{mark}on {mark}{between}{mark} {mark}{mark}is"


def _first_and_last(mark: str, after: str) -> str:
    """The mark first; then after a word, within one, between spaces, and doubled."""
    if _may_join_words(mark):
        return f"{mark} is {mark} {after}"
    if len(mark.encode()) > SHORT:
        return f"{mark}is {mark} {after}"
    return f"{mark}is{mark} on{mark}is {mark} {mark}{mark}{after}"


def _may_join_words(mark: str) -> bool:
    """Whether a tokenizer may take a mark for a letter.

    To WordPiece, a word with an unknown letter is a single unknown token, so such a mark is placed
    between spaces.
    """
    return any(not each.isascii() and not _parts_words(each) for each in mark)


def _parts_words(letter: str) -> bool:
    """Punctuation, whitespace, and control and format characters, which WordPiece drops."""
    category = unicodedata.category(letter)
    return category[0] in "PZ" or category in ("Cc", "Cf")


def _table(name: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = fixture_files.toml(_AXES)[name]
    return table


@cache
def pool() -> tuple[str, ...]:
    """300 texts of 1 to 150 letters, within the limit of every model; all differ at their start."""
    return tuple(_filled(number, 1 + (number - 1) % WITHIN) for number in range(1, LONGEST + 1))


@cache
def longer() -> tuple[str, ...]:
    """One text of each further length up to LONGEST letters."""
    return tuple(_filled(length, length) for length in range(WITHIN + 1, LONGEST + 1))


def _filled(number: int, length: int) -> str:
    """The text with a number and a length; it has no trailing space, which tokenizers may drop."""
    filler = "".join(islice(cycle("on a red mat is a dog "), length))
    text = f"{_code(number)} {filler}"[:length]
    return f"{text[:-1]}." if text.endswith(" ") else text


def _code(number: int) -> str:
    """A three-letter code, unique for numbers up to 26 ** 3."""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in range(3))


@cache
def one_word_apart(limit: int) -> tuple[str, ...]:
    """A text as long as a token limit, and texts that differ from it in one word each."""
    words = [ONE_TOKEN[place % 2] for place in range(limit - MARKS)]
    every = range(len(words))
    places = every if len(words) <= 2 * PLACES else _spread(len(words))
    changed = [[*words[:at], ONE_TOKEN[(at + 1) % 2], *words[at + 1 :]] for at in places]
    return tuple(map(" ".join, [words, *changed]))


@cache
def reordered(limit: int) -> tuple[str, ...]:
    """A long text, and four with other words after its first half, the same in different orders."""
    half = [ONE_TOKEN[place % 2] for place in range((limit - MARKS) // 2)]
    runs = [[ONE_TOKEN[place // run % 2] for place in range(20)] for run in (20, 1, 2, 5, 10)]
    return tuple(" ".join([*half, *run]) for run in runs)


@cache
def growing(limit: int) -> tuple[str, ...]:
    """Texts of one to `SHORTEST` words, and of about as many words as fit in buckets of 16 tokens.

    Each word is one token, and each text is the beginning of the next.
    """
    full = [count for count in range(1, limit - MARKS + 1) if -count % BUCKET <= MARKS + 1]
    counts = [*range(1, SHORTEST + 1), *full]
    return tuple(" ".join(islice(cycle(ONE_TOKEN), count)) for count in counts)


def _spread(count: int) -> list[int]:
    return sorted({round(step * (count - 1) / (PLACES - 1)) for step in range(PLACES)})


@cache
def around(limit: int) -> tuple[str, ...]:
    """Texts with as many one-token words as the limit, with and without room for special tokens."""
    counts = range(limit - MARKS, limit + MARKS)
    return tuple(" ".join(islice(cycle(ONE_TOKEN), count)) for count in counts)


@cache
def beyond(limit: int) -> tuple[str, str]:
    """Two texts that differ only beyond twice a token limit."""
    same = " ".join(islice(cycle(ONE_TOKEN), 2 * limit))
    return f"{same} red circle", f"{same} blue square on paper"


ALIKE: Final[dict[str, Callable[[str], str]]] = {
    "in uppercase": str.upper,
    "in lowercase": str.lower,
    "with different whitespace": lambda text: f" {text.replace(' ', '  ')}\n",
    "without accents": lambda text: text.replace("É", "E"),
    "with decomposed characters": lambda text: unicodedata.normalize("NFD", text),
    "without apostrophes": lambda text: text.replace("'", ""),
    "without quotation marks": lambda text: text.strip('"'),
    "with ASCII characters only": lambda text: text.encode("ascii", "ignore").decode(),
}
"""The ways in which a cache may normalize texts to form its keys."""


def alike_beyond(limit: int, name: str) -> tuple[str, str, str, str]:
    """Three texts that differ only beyond twice a token limit, and the third in another form.

    All have the same number of words, so that the beginning is at the same distance from the end.
    """
    same = " ".join(islice(cycle(("It's", "a", "cafÉ", "on")), 2 * limit))
    ends = "red on", "blue on", f"green {name.split()[-1]}"
    one, other, third = (f'"{same} {end}"' for end in ends)
    return one, other, third, ALIKE[name](third)


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


def small_digits(letter: str) -> str:
    r"""\uXXXX, or a surrogate pair beyond 16 bits."""
    units = letter.encode("utf-16-be")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs)


def capital_digits(letter: str) -> str:
    """Like `small_digits`, but with uppercase hexadecimal digits."""
    return small_digits(letter).upper().replace("\\U", "\\u")


def outside_ascii(letter: str) -> str:
    r"""Non-ASCII characters as \uXXXX, and the shortest form of required escapes."""
    if letter.isascii():
        return SHORT_ESCAPES.get(letter) or (
            letter if letter.isprintable() else small_digits(letter)
        )
    return small_digits(letter)


def as_go(letter: str) -> str:
    """The escapes of Go's encoding/json."""
    return (
        small_digits(letter)
        if letter in "<>&\u2028\u2029"
        else json.dumps(letter, ensure_ascii=False)[1:-1]
    )


ESCAPES: Final[dict[str, Escape]] = {
    "with every character escaped": small_digits,
    "with uppercase hex digits in escapes": capital_digits,
    "with non-ASCII characters escaped": outside_ascii,
    "as Go writes it": as_go,
}


def escaped_body(texts: Sequence[str], escape: Escape) -> bytes:
    """A request body with the texts, each letter written by `escape`."""
    written = (f'"{"".join(map(escape, text))}"' for text in texts)
    return f'{{"texts":[{",".join(written)}]}}'.encode()
