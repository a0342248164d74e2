"""Which of the names that exist somebody may have meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher

CLOSE = 0.6
"""From here on a name is offered as the one that was meant; difflib's own bar, too."""
PART = 4
"""Letters from which on a part of a name says something."""


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
