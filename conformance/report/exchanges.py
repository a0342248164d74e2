"""Render an exchange for a report, with long lists of numbers and base64 shortened."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from conformance.data.messages import printable
from conformance.report.sanitizer import MASK, is_secret_name
from conformance.transport.exchange import Exchange, without_password

SHOWN_HEADERS = 20
SHOWN_HEADER = 200
"""Characters of a header's value."""
LOOKED_AT = 200_000
"""Bytes of a body; what comes after them is counted only."""
LONGEST = 2_000
"""Characters of what is left."""
NUMBERS_SHOWN = 3
BASE64_SHOWN = 24

# Every repetition is bounded or begins with what ends the one before it: no body takes long.
_NUMBER = r"-?\d[\d.eE+-]{0,30}"
_NUMBERS = re.compile(rf"{_NUMBER}(?:\s{{0,4}},\s{{0,4}}{_NUMBER}){{7,}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{80,}")


def shown(exchange: Exchange) -> dict[str, Any]:
    """An exchange as a report shows it: cut to a bounded size, without the URL's password."""
    return {
        "request": f"{exchange.method} {without_password(exchange.url)}",
        "request_headers": _headers(exchange.request_headers),
        "request_body": printable(abbreviated(exchange.request_body)),
        "status": exchange.status,
        "response_headers": _headers(exchange.headers.items()),
        "failure": str(exchange.failure) if exchange.failure else "",
        "response_body": printable(abbreviated(exchange.body)),
        "seconds": round(exchange.seconds, 3),
    }


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    shown = {}
    for name, value in islice(headers, SHOWN_HEADERS):
        told = MASK if is_secret_name(name) else printable(value[:SHOWN_HEADER])
        shown[printable(name[:SHOWN_HEADER])] = told
    return shown


def abbreviated(body: bytes) -> str:
    """Text of a bounded size; says how much there was."""
    text = body[:LOOKED_AT].decode("utf-8", "replace")
    short = _BASE64.sub(_base64, _NUMBERS.sub(_numbers, text))
    if len(short) <= LONGEST and len(body) <= LOOKED_AT:
        return short
    return f"{short[:LONGEST]} … ({len(body)} bytes)"


def _numbers(found: re.Match[str]) -> str:
    numbers = found.group().split(",")
    first = ",".join(numbers[:NUMBERS_SHOWN])
    return f"{first}, … {len(numbers)} numbers in all"


def _base64(found: re.Match[str]) -> str:
    text = found.group()
    return f"{text[:BASE64_SHOWN]}… {len(text)} characters in all"
