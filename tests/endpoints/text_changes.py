"""Effects of text cleaning that was meant for keyword search, by theme."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

Change = Callable[[str], str]


def until(mark: str) -> Change:
    return lambda text: text.split(mark)[0]


def without(pattern: str) -> Change:
    return lambda text: re.sub(pattern, " ", text, flags=re.DOTALL)


def replacing(pattern: str, by: str) -> Change:
    return lambda text: re.sub(pattern, by, text)


def rounded(text: str) -> str:
    return re.sub(r"\d+", lambda number: f"{float(number[0]):g}", text)


CHANGES: Final[dict[str, Change]] = {
    "a text ends at a semicolon": until(";"),
    "only the first sentence is read": until(". "),
    "a text ends at a question mark": until("?"),
    "a text ends at 。": until("。"),
    "a text ends at a danda": until("।"),
    "the label of 'label: value' is dropped": lambda text: text.split(": ")[-1],
    "the value of 'key=value' is dropped": until("="),
    "a text ends at &, as in a form": until("&"),
    "a text is unquoted, and cut off at %": lambda text: unquote(text.split("%")[0]),
    "a text ends at |": until("|"),
    "-- begins a comment": without("--.*"),
    "lines that begin with # are dropped": without("(?m)^#[^\n]*"),
    "/* */ is left out": without(r"/\*.*?\*/"),
    "<!-- --> is left out": without("<!--.*?-->"),
    "text in parentheses is dropped": without(r"\(.*?\)"),
    "text in square brackets is dropped": without(r"\[.*?\]"),
    "text in 【】 is dropped": without("【.*?】"),
    "elements are dropped with their content": without(r"<(\w+)[^>]*>.*?</\1>"),
    "a text ends at «": until("«"),
    "text between backticks is dropped": without("`[^`]*`"),
    "text before a lone carriage return is lost": without(r"(?<![^\r])[^\r]*\r(?!\n)"),
    "only the first paragraph is read": until("\n\n"),
    "a text ends at U+2028": until("\u2028"),
    "a text ends at U+0085": until("\x85"),
    "a text ends at a no-break space": until("\xa0"),
    "a text ends at a soft hyphen": until("\xad"),
    "a text ends at a zero-width joiner": until("\u200d"),
    "a text ends at a character beyond 16 bits, as in old MySQL": replacing(
        "(?s)[\U00010000-\U0010ffff].*", ""
    ),
    "a text ends at ESC": until("\x1b"),
    "links are left out": without(r"https?://\S+"),
    "#words are left out": without(r"#\w+"),
    "@words are left out": without(r"@\w+"),
    "addresses are masked as personal data": replacing(r"\S+@\S+\.\w+", "[mail]"),
    "numbers of 9 digits and more are masked": replacing(r"(\d[ -]?){9,}", "[number] "),
    "numbers go through a float": rounded,
    "a word right after itself is left out": replacing(r"\b(\w+)( \1\b)+", r"\1"),
    "a, an and the are left out": without(r"\b(a|an|the)\b"),
    "a plural's s is left out": replacing(r"(\w{3,})s\b", r"\1"),
    "words of one letter are left out": without(r"\b\w\b"),
    "endings are left out": replacing(r"n?ing\b", ""),
    "Roman numerals are left out": without(r"\b[IVX]+\b"),
    "only the first line is read": lambda text: (text.splitlines() or [""])[0],
    "blanks are taken out": replacing(r"\s", ""),
    "what stands in quotation marks is all that is read": lambda text: (
        re.findall('"([^"]*)"', text) or [text]
    )[0],
    "words are sorted": lambda text: " ".join(sorted(text.split())),
    "words of a text are read once": lambda text: " ".join(dict.fromkeys(text.split())),
    "only digits are dropped": replacing(r"\d", ""),
}
"""Each change makes two different texts equal."""
