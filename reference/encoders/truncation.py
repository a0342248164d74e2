"""Only as much of a long text as the model can read."""

from collections.abc import Callable

MARGIN = 16
"""Tokens kept beyond the limit, because a cut can change the few tokens beside it."""


CEILING = 256
"""Characters a token that are looked through at most, of 65,536 or more in all."""


def shorten(text: str, limit: int, count: Callable[[str], int]) -> str:
    """A beginning of `text` with the same first `limit` tokens; `count` counts tokens.

    A tokenizer reads a whole text before it truncates, which takes seconds for a megabyte. How
    many characters make `limit` tokens is unknown (blanks may make none, an unknown word of any
    length one), so ever longer beginnings are counted until one is long enough. Up to `CEILING`:
    words that come after tens of thousands of characters that make no token are not looked for.
    """
    size, ceiling = 8 * limit + 64, max(65_536, CEILING * limit)
    while size < min(len(text), ceiling) and count(text[:size]) < limit + MARGIN:
        size *= 4
    return text[: min(size, ceiling)]
