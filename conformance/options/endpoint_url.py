"""Validate the endpoint URL and suggest corrections."""

from urllib.parse import SplitResult, urlsplit

import httpx

ROUTES = ("/vectorize", "/meta", "/.well-known/ready", "/.well-known/live")
"""What Weaviate, and the suite, append to the URL themselves."""


def problem(url: str) -> str:
    """Why `url` cannot be the URL of an endpoint, in one line; empty where it can."""
    if not _usable(url):
        hint = f"; did you mean {_with_scheme(url)}?" if _usable(_with_scheme(url)) else ""
        return f"{url!r} is not a valid endpoint URL; expected http://HOST:PORT[/PREFIX]{hint}"
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        return "the URL has a query or a fragment, and Weaviate appends /vectorize to it"
    for route in ROUTES:
        if parts.path.rstrip("/").endswith(route):
            return _names_a_route(parts, route)
    return ""


def _names_a_route(parts: SplitResult, route: str) -> str:
    path = parts.path.rstrip("/").removesuffix(route)
    shown = parts._replace(path=path, netloc=parts.netloc.rpartition("@")[2]).geturl()
    return f"the URL ends in {route}, which is appended to it: leave it out, as in {shown}"


def _usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.port != 0 and bool(parts.hostname)
        return named and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        return False


def _with_scheme(url: str) -> str:
    """`localhost:8080` as a URL; a word without a port or a dot is none."""
    looks_like_a_host = "://" not in url and (":" in url or "." in url)
    return f"http://{url.lstrip('/')}" if looks_like_a_host else ""
