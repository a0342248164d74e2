"""The text side of the fake encoder: tokens, and the words of the drawings corpus."""

import unicodedata
from functools import cache
from hashlib import blake2b
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from conformance.data import fixture_files

HASHED = 8
"""Number of components of a vector that one token at one position affects."""


def tokens(text: str, limit: int) -> list[str]:
    """At most `limit` tokens: words, punctuation marks, and single CJK characters."""
    return list(islice(chain.from_iterable(pieces(word) for word in text.split()), limit))


def pieces(word: str) -> list[str]:
    """A word split at punctuation marks and at characters of scripts without spaces."""
    found: list[str] = []
    joins = False
    for letter in word:
        whole = joins and not separate(letter)
        if whole:
            found[-1] += letter
        else:
            found.append(letter)
        joins = not separate(letter)
    return found


def separate(letter: str) -> bool:
    if letter.isascii():
        return not letter.isalnum()
    return unicodedata.category(letter)[0] in "PSC" or "⺀" <= letter <= "鿿"


@cache
def concepts() -> dict[str, str]:
    """The color or shape that each word names, in any language and inflection."""
    found: dict[str, str] = {}
    for language in fixture_files.toml("drawings.toml")["languages"].values():
        for shape, (word, _) in language["shapes"].items():
            found[word.casefold()] = shape
        for color, words in language["colors"].items():
            forms = words.values() if isinstance(words, dict) else [words]
            found |= {form.casefold(): color for form in forms}
    return found


def named(read: list[str]) -> list[str]:
    """The colors and shapes named by the tokens, each once."""
    known = concepts()
    folded = [token.casefold() for token in read]
    found = {known[token] for token in folded if token in known}
    joined = "".join(token for token in folded if unspaced(token))
    found |= {concept for word, concept in known.items() if unspaced(word) and word in joined}
    return sorted(found)


def unspaced(word: str) -> bool:
    """Whether a word is in a script without spaces, or with suffixes, such as Korean."""
    return any("⺀" <= letter <= "鿿" or "가" <= letter <= "힣" for letter in word)


def hashed(read: list[str], width: int, ordered: bool = True) -> NDArray[np.float32]:
    """A vector of at most unit norm that depends on every token and its position: (width,)."""
    marked = [*read, "</s>"]
    keys = ((f"{place if ordered else 0} {token}") for place, token in enumerate(marked))
    digests = b"".join(digest(key) for key in keys)
    values = np.frombuffer(digests, dtype="<u2")
    signs = np.where(values & 0x8000, 1.0, -1.0)
    vector = np.bincount((values & 0x7FFF) % width, weights=signs, minlength=width)
    return (vector / max(float(np.linalg.norm(vector)), 1.0)).astype(np.float32)


@cache
def digest(key: str) -> bytes:
    """Two bytes for each component that a token affects."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=2 * HASHED).digest()
