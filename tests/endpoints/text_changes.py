"""Effects of text cleaning that was meant for keyword search, grouped by theme."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

Change = Callable[[str], str]


def until(mark: str) -> Change:
    return lambda text: text.split(mark)[0]


def replacing(pattern: str, by: str) -> Change:
    return lambda text: re.sub(pattern, by, text, flags=re.DOTALL)


def rounded(text: str) -> str:
    return re.sub(r"\d+", lambda number: f"{float(number[0]):g}", text)


TABLE: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
CHANGES: Final[dict[str, Change]] = {
    **{name: until(mark) for name, mark in TABLE["until"].items()},
    **{name: replacing(pattern, " ") for name, pattern in TABLE["without"].items()},
    **{name: replacing(*row) for name, row in TABLE["replacing"].items()},
    "the label of 'label: value' is dropped": lambda text: text.split(": ")[-1],
    "a text is unquoted, and cut off at %": lambda text: unquote(text.split("%")[0]),
    "numbers go through a float": rounded,
    "only the first line is read": lambda text: (text.splitlines() or [""])[0],
    "what stands in quotation marks is all that is read": lambda text: (
        re.findall('"([^"]*)"', text) or [text]
    )[0],
    "words are sorted": lambda text: " ".join(sorted(text.split())),
    "words of a text are read once": lambda text: " ".join(dict.fromkeys(text.split())),
}
"""Each change makes two different texts equal."""
