"""The same texts in JSON, their characters escaped in each of the ways that JSON has."""

import json
from collections.abc import Callable, Sequence
from typing import Final

TEXTS: Final = (
    "a red circle",
    "ein grüner Kreis",
    "赤い丸と青い四角",
    "🔴 and 🚲 on paper",
    'a "red" circle',
    "red/blue",
    "red\\blue",
    "red\bblue",
    "red\fblue",
    "red\tblue",
    "red\r\nblue",
    "red\u2028blue\u2029green",
    "a <red> & <blue> circle",
    "red\x7fblue\x1bgreen",
)
SHORT: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
Escape = Callable[[str], str]


def small_digits(letter: str) -> str:
    r"""\uXXXX, beyond 16 bits a pair of it."""
    units = letter.encode("utf-16-be")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs)


def capital_digits(letter: str) -> str:
    """The same with capital digits."""
    return small_digits(letter).upper().replace("\\U", "\\u")


def outside_ascii(letter: str) -> str:
    r"""What is not ASCII as \uXXXX, the rest in short where it has to be escaped."""
    if letter.isascii():
        return SHORT.get(letter) or (letter if letter.isprintable() else small_digits(letter))
    return small_digits(letter)


def as_go(letter: str) -> str:
    """As Go's encoding/json writes it."""
    return (
        small_digits(letter)
        if letter in "<>&\u2028\u2029"
        else json.dumps(letter, ensure_ascii=False)[1:-1]
    )


FORMS: Final[dict[str, Escape]] = {
    "with every letter as an escape": small_digits,
    "with escapes of capital digits": capital_digits,
    "in ASCII alone": outside_ascii,
    "as Go writes it": as_go,
}


def body(texts: Sequence[str], escape: Escape) -> bytes:
    """A request of the texts, each letter written by `escape`."""
    written = (f'"{"".join(map(escape, text))}"' for text in texts)
    return f'{{"texts":[{",".join(written)}]}}'.encode()
