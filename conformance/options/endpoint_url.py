"""Validate the URL of an endpoint and store the headers and CA certificates for its host.

An endpoint behind a gateway may need headers, or have its own CA. A command registers both for the
URL once it is known, so that they are never used for another host: every connection to that host
and port, with httpx or with raw bytes, looks them up here.
"""

import re
import ssl
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from conformance.data.messages import UserError

ROUTES = ("/vectorize", "/meta", "/.well-known/ready", "/.well-known/live")
"""Routes that Weaviate and the suite append to the URL themselves."""
Headers = tuple[tuple[str, str], ...]
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]+)")

_headers: dict[str, Headers] = {}
_ca_files: dict[str, Path] = {}


def problem(url: str) -> str:
    """Why `url` cannot be the URL of an endpoint, in one line; empty if it can."""
    if not usable(url):
        meant = with_scheme(url.lstrip("/"))
        hint = f"; did you mean {meant}?" if usable(meant) else ""
        return f"{url!r} is not a valid endpoint URL; expected http://HOST:PORT[/PREFIX]{hint}"
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        return "the URL has a query or a fragment, but Weaviate appends /vectorize to it"
    for route in ROUTES:
        if parts.path.rstrip("/").endswith(route):
            return _names_a_route(parts, route)
    return ""


def _names_a_route(parts: SplitResult, route: str) -> str:
    path = parts.path.rstrip("/").removesuffix(route)
    shown = parts._replace(path=path, netloc=parts.netloc.rpartition("@")[2]).geturl()
    return f"the URL ends in {route}, which is appended automatically: use {shown}"


def usable(url: str) -> bool:
    """Whether a client can connect to this URL's host and port."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.port != 0 and bool(parts.hostname)
        return named and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        return False


def with_scheme(url: str) -> str:
    """`localhost:8080` as a URL; empty for a word without a port or a dot."""
    if "://" in url:
        return url
    return f"http://{url}" if ":" in url or "." in url else ""


def grant(url: str, headers: Iterable[str] = (), ca_file: Path | None = None) -> None:
    """Send these headers, each ``NAME:VALUE``, to the host of this URL, and trust this CA for it.

    Raises UserError if a header is invalid, or the file contains no certificate.
    """
    _headers[_origin(url)] = tuple(map(_parsed, headers))
    _ca_files.pop(_origin(url), None)
    if ca_file is not None:
        _ca_files[_origin(url)] = ca_file
        _context(ca_file)


def headers_of(url: str) -> Headers:
    """The headers that were registered for the host of this URL."""
    return _headers.get(_origin(url), ())


def basic_authorization(parts: SplitResult) -> str | None:
    """The Authorization header for a URL's user and password; None without a user."""
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def certificates(url: str) -> ssl.SSLContext:
    """Trusts the usual authorities, and the one registered for the host of this URL."""
    return _context(_ca_files.get(_origin(url)))


@cache
def _context(ca_file: Path | None) -> ssl.SSLContext:
    # Cached, since a new client is created whenever connections are dropped.
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
