"""An exchange as a report shows it."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from conformance.data.messages import printable
from conformance.report.abbreviation import abbreviated
from conformance.report.sanitizer import MASK, is_secret_name
from conformance.transport.exchange import Exchange, without_password

SHOWN_HEADERS = 20
SHOWN_HEADER = 200
"""Characters of a header's value."""


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
