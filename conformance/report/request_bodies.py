"""What a report keeps of an exchange: its curl line, and the body of its request as a file."""

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from conformance.data.messages import printable as printable
from conformance.report.abbreviation import abbreviated
from conformance.report.sanitizer import MASK, is_secret_name
from conformance.transport.exchange import Exchange, without_password

SHOWN_HEADERS = 20
SHOWN_HEADER = 200
"""Characters of a header's value."""


def curl(exchange: Exchange, folder: Path | None, test: str, number: int) -> str:
    """The line that repeats the request, its body from a file in `folder` where there is one."""
    kept = keep(exchange, folder, test, number) if folder is not None else None
    return exchange.curl(kept)


def keep(exchange: Exchange, folder: Path, test: str, number: int) -> str | None:
    """Save the body of a request, for the curl line that repeats it; None where it has none."""
    if not exchange.request_body:
        return None
    name = re.sub(r"[^\w.-]+", "-", test.rpartition("::")[2])
    path = folder / "exchanges" / f"{name}-{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(exchange.request_body)
    return str(path)


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
