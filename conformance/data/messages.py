"""User errors and one-line messages that are safe to print."""

from collections.abc import Iterable
from difflib import SequenceMatcher

BAD_OPTION = 4
"""Exit status if a command was called incorrectly, or no endpoint was found."""
CLOSE = 0.6
"""Similarity above which a name is suggested; also difflib's default."""
PART = 4
"""Minimum length of a part of a name that is compared."""
LONGEST = 300
"""Maximum length of a line that quotes foreign text."""


class UserError(Exception):
    """A problem that the user can fix: a command prints one line, and no traceback.

    The line is ``ERROR: message``, and the command exits with `exit_status`.
    """

    exit_status = BAD_OPTION


class MissingLibrary(UserError):
    """A check needs a library that `pip install .` alone does not install, so it is not run."""


def install(extra: str) -> str:
    """The command that adds the libraries of an extra to what is installed."""
    return f'pip install "multi2vec-clip-conformance[{extra}]"'


def printable(text: str) -> str:
    """The text with control characters except line feeds escaped, for untrusted endpoints."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def one_line(text: object, longest: int = LONGEST) -> str:
    """The first nonblank line, made printable and cut to a limited length."""
    lines = (line.strip() for line in str(text)[: 10 * longest].splitlines())
    first = printable(next(filter(None, lines), ""))
    return first if len(first) <= longest else f"{first[:longest].rstrip()} …"


def by_nearness(name: str, names: Iterable[str]) -> list[str]:
    """All `names`, those most like `name` first, ignoring case."""
    return sorted(names, key=lambda other: (-_likeness(name, other), other))


def suggestion(name: str, names: Iterable[str]) -> str:
    """`; did you mean X?` for the most similar name, or nothing if none is close."""
    first = next(iter(by_nearness(name, names)), "")
    return f"; did you mean {first}?" if first and _likeness(name, first) >= CLOSE else ""


def _likeness(name: str, other: str) -> float:
    one, two = name.lower(), other.lower()
    ratio = SequenceMatcher(None, one, two, autojunk=False).ratio()
    # A part of a name, such as openai-clip, counts as similar, however much is left out.
    return max(ratio, CLOSE + ratio / 10) if len(one) >= PART and one in two else ratio
