"""A body as a person reads it: of a long row of numbers and of a base64 text only the beginning."""

import re

LOOKED_AT = 200_000
"""Bytes of a body; what comes after them is counted only."""
SHOWN = 2_000
"""Characters of what is left."""
NUMBERS_SHOWN = 3
BASE64_SHOWN = 24

# Every repetition is bounded or begins with what ends the one before it: no body takes long.
_NUMBER = r"-?\d[\d.eE+-]{0,30}"
_NUMBERS = re.compile(rf"{_NUMBER}(?:\s{{0,4}},\s{{0,4}}{_NUMBER}){{7,}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{80,}")


def abbreviated(body: bytes) -> str:
    """Text of a bounded size; says how much there was."""
    text = body[:LOOKED_AT].decode("utf-8", "replace")
    short = _BASE64.sub(_base64, _NUMBERS.sub(_numbers, text))
    if len(short) <= SHOWN and len(body) <= LOOKED_AT:
        return short
    return f"{short[:SHOWN]} … ({len(body)} bytes)"


def _numbers(found: re.Match[str]) -> str:
    numbers = found.group().split(",")
    first = ",".join(numbers[:NUMBERS_SHOWN])
    return f"{first}, … {len(numbers)} numbers in all"


def _base64(found: re.Match[str]) -> str:
    text = found.group()
    return f"{text[:BASE64_SHOWN]}… {len(text)} characters in all"
