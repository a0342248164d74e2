"""What an endpoint behind a gateway asks for besides its contract: headers, and a CA of its own.

Granted by the URL, once a command knows it, so that nothing of it goes to another host: whatever
connects to that host and port, with httpx or with bytes of its own, looks it up here.
"""

import re
import ssl
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from conformance.data.messages import UserError

Headers = tuple[tuple[str, str], ...]
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]+)")

_headers: dict[str, Headers] = {}
_ca_files: dict[str, Path] = {}


def grant(url: str, headers: Iterable[str] = (), ca_file: Path | None = None) -> None:
    """Send these headers, each ``NAME:VALUE``, to the host of this URL, and trust this CA there.

    Raises UserError where a header cannot be one, or the file has no certificate.
    """
    _headers[_origin(url)] = tuple(map(_parsed, headers))
    _ca_files.pop(_origin(url), None)
    if ca_file is not None:
        _ca_files[_origin(url)] = ca_file
        _context(ca_file)


def headers_of(url: str) -> Headers:
    """The headers that were granted for the host of this URL."""
    return _headers.get(_origin(url), ())


def certificates(url: str) -> ssl.SSLContext:
    """Trusts the usual authorities, and the one that was granted for the host of this URL."""
    return _context(_ca_files.get(_origin(url)))


@cache
def _context(ca_file: Path | None) -> ssl.SSLContext:
    # Read once: a client is made anew whenever connections are dropped.
    import httpx  # Commands that send nothing do without it.

    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as problem:
            raise UserError(f"--ca-file {ca_file}: {problem.strerror or problem}") from problem
    return context


def _parsed(header: str) -> tuple[str, str]:
    found = HEADER.fullmatch(header.strip())
    if found is None:
        raise UserError("--header takes NAME:VALUE, as in --header 'Authorization: Bearer ...'")
    return found[1], found[2].strip()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
