"""User errors, and one-line messages that are safe to print."""

from collections.abc import Iterable
from difflib import SequenceMatcher

BAD_OPTION = 4
"""Exit status of a command that was called in the wrong way, or that found no endpoint."""
CLOSE = 0.6
"""From here on a name is offered as the one that was meant; difflib's own bar, too."""
PART = 4
"""Letters from which on a part of a name says something."""
LONGEST = 300
"""Maximum length of a line that quotes foreign text."""


class UserError(Exception):
    """Something that the user can mend: a command shows its line, and no traceback.

    The command prints ``ERROR: message`` and ends with `exit_status`.
    """

    exit_status = BAD_OPTION


class MissingLibrary(UserError):
    """A library that `pip install .` alone does not bring: a check that needs it is not run."""


def install(extra: str) -> str:
    """The command that adds the libraries of an extra to what is installed."""
    return f'pip install "multi2vec-clip-conformance[{extra}]"'


def printable(text: str) -> str:
    """The text with every control character but line feeds escaped: endpoints are untrusted."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def one_line(text: object, longest: int = LONGEST) -> str:
    """The first line that says something, printable, and cut to a bounded length."""
    lines = (line.strip() for line in str(text)[: 10 * longest].splitlines())
    first = printable(next(filter(None, lines), ""))
    return first if len(first) <= longest else f"{first[:longest].rstrip()} …"


def by_nearness(name: str, names: Iterable[str]) -> list[str]:
    """All `names`, those most like `name` first, whatever their capitals."""
    return sorted(names, key=lambda other: (-_likeness(name, other), other))


def suggestion(name: str, names: Iterable[str]) -> str:
    """`; did you mean X?` for the name most like it, or nothing where none is close."""
    first = next(iter(by_nearness(name, names)), "")
    return f"; did you mean {first}?" if first and _likeness(name, first) >= CLOSE else ""


def _likeness(name: str, other: str) -> float:
    one, two = name.lower(), other.lower()
    ratio = SequenceMatcher(None, one, two, autojunk=False).ratio()
    # A part of a name, such as openai-clip, is like it, however much is left out.
    return max(ratio, CLOSE + ratio / 10) if len(one) >= PART and one in two else ratio
