"""Inspect an endpoint's address, probes, and /meta."""

import re
import ssl
from contextlib import suppress
from statistics import median
from urllib.parse import urlsplit

import httpx

from conformance.data import timeouts
from conformance.data.messages import one_line
from conformance.doctor.diagnosis import Diagnosis
from conformance.transport.endpoint import LIVE, META, READY, Endpoint
from conformance.transport.exchange import CLOSED, Exchange, FailureKind, without_password
from conformance.transport.go_reader import GoParseError, read_meta
from conformance.transport.raw_http import connect_with_tls
from conformance.transport.readiness import recognize

PROBES = 3
PROBE_TIMEOUT = 5.0
"""Seconds: longer than the clients' own limits, so that late responses are still seen."""
FORBIDDEN = (401, 403, 407)
NOT_FOUND = 404
GATEWAY = (502, 504)
"""Statuses that only a gateway returns, about the service behind it."""
TEXT = "a red circle"
WORDS = {
    "name or service not known": "no-such-host",
    "nodename nor servname": "no-such-host",
    "name resolution": "no-such-host",
    "certificate": "certificate",
}
"""Parts of the messages of failed connections, in lowercase, with the advice for each."""
HTTPS_WANTED = (b"to HTTPS port", b"to an HTTPS server")
"""Parts of the responses from nginx and Go to a plain HTTP request on a TLS port."""
HANDSHAKE = 2.0
"""Seconds for a TLS handshake, or for an answer without one."""


def examine_probes(endpoint: Endpoint, found: Diagnosis) -> bool:
    """Examine the probes; False if there is no point in sending anything else."""
    first = endpoint.get(READY, timeout=PROBE_TIMEOUT)
    if first.failure:
        _unreachable(first, found)
        return False
    if not 200 <= first.status <= 299:
        return _not_ready(endpoint, first, found)
    if is_page(first) and _elsewhere(endpoint, first, found):
        return False
    _ready(endpoint, first, found)
    _live(endpoint, found)
    return True


def _unreachable(seen: Exchange, found: Diagnosis) -> None:
    failure, url = str(seen.failure), seen.url.removesuffix(READY)
    found.note("ready", failure)
    facts = {**address_facts(url), "failure": failure, "path": READY, "other": other_scheme(url)}
    found.problem(_why_unreachable(url, seen), **facts)


def _why_unreachable(url: str, seen: Exchange) -> str:
    """The id of the advice on a probe without a response."""
    failure = str(seen.failure)
    known = next((id_ for words, id_ in WORDS.items() if words in failure.lower()), "")
    if not known and url.startswith("https:") and answers_without_tls(url):
        return "plain-http"
    if known or seen.failed_by(FailureKind.NO_CONNECTION):
        return known or ("certificate" if "[SSL" in failure else "nothing-listens")
    if seen.failed_by(FailureKind.TIMED_OUT):
        return "no-answer"
    if speaks_tls(url):
        return "needs-tls"
    silent = seen.failure == CLOSED or re.search("(Read|Write)Error|reset", failure)
    return "closed" if silent else "not-http"


def other_scheme(url: str) -> str:
    """The URL with https instead of http, or the reverse, without a password."""
    scheme, rest = without_password(url).split(":", 1)
    return f"{'http' if scheme == 'https' else 'https'}:{rest}"


def speaks_tls(url: str) -> bool:
    """Whether a server at the host and port of an http URL completes a TLS handshake."""
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError):
        connect_with_tls(context, parts.hostname or "", parts.port or 80, HANDSHAKE).close()
        return parts.scheme == "http"
    return False


def answers_without_tls(url: str) -> bool:
    """Whether there is a response to plain HTTP at the host and port of an https URL."""
    plain = url.replace("https:", "http:", 1)
    with suppress(httpx.HTTPError), httpx.Client(trust_env=False, timeout=HANDSHAKE) as client:
        client.get(f"{plain}{READY}")
        return True
    return False


def is_page(seen: Exchange) -> bool:
    """Whether the response is HTML."""
    return seen.body.lstrip()[:1] == b"<"


def shown_body(seen: Exchange) -> str:
    """The title of a page, or the first line of another body."""
    text = seen.body[:5000].decode("utf-8", "replace")
    title = re.search("<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return one_line(title[1] if title else text)


def _elsewhere(endpoint: Endpoint, seen: Exchange, found: Diagnosis) -> bool:
    """Report that a web page is returned where vectors are expected, too."""
    tried = endpoint.vectorize(texts=[TEXT])
    elsewhere = not tried.failure and bool(tried.body) and tried.json() is None
    if elsewhere and tried.status < 500:
        facts = {"what": f"GET {READY} and POST /vectorize", "status": seen.status}
        said = "failed to parse vectorization response ..."
        found.problem("page", page=page_of(seen), said=said, **facts)
    return elsewhere and tried.status < 500


def page_of(seen: Exchange) -> str:
    """The page's title or text, to be appended to a sentence; empty if there is none."""
    return f": {shown_body(seen)}" if shown_body(seen) else ""


def address_facts(url: str) -> dict[str, str]:
    """The parts of a URL used in advice: `url`, `host`, and `address`, without a password."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {"url": without_password(url), "host": host, "address": address}


def _not_ready(endpoint: Endpoint, seen: Exchange, found: Diagnosis) -> bool:
    url, page = endpoint.client.url, page_of(seen) if is_page(seen) else ""
    said = f"not ready: status {seen.status}"
    facts = {**address_facts(url), "status": seen.status, "page": page, "said": said}
    found.note("ready", f"status {seen.status}{page}")
    if 300 <= seen.status <= 399:
        location = without_password(seen.headers.get("location", "nowhere"))
        found.problem("redirect", path=READY, location=location, **facts)
        return False
    if any(words in seen.body for words in HTTPS_WANTED):
        found.problem("needs-tls", other=other_scheme(url), **facts)
        return False
    if seen.status >= 500:
        id_ = f"gateway-{seen.status}" if seen.status in GATEWAY else "not-ready"
        found.problem(id_, what=f"GET {READY}", **facts)
        return False
    service = recognize(endpoint)
    if service is not None:
        found.problem("other-service", name=service.name, hint=service.hint, **facts)
        return False
    if seen.status in FORBIDDEN:
        found.problem("forbidden", path=READY, **facts)
        return False
    if _elsewhere(endpoint, seen, found):
        return False
    found.problem("no-ready-route", **facts)
    return endpoint.vectorize(texts=[TEXT]).status != NOT_FOUND


def _ready(endpoint: Endpoint, first: Exchange, found: Diagnosis) -> None:
    again = [endpoint.get(READY, timeout=PROBE_TIMEOUT) for _ in range(PROBES - 1)]
    # Weaviate tries again every second, so a single slow response is not a problem.
    usual = median(exchange.seconds for exchange in [first, *again])
    found.note("ready", f"status {first.status}, {_milliseconds(usual)}")
    if usual > timeouts.READY_TIMEOUT:
        facts = address_facts(endpoint.client.url)
        found.problem("slow-ready", seconds=f"{usual:.1f}", **facts)


def _live(endpoint: Endpoint, found: Diagnosis) -> None:
    live = endpoint.get(LIVE, timeout=PROBE_TIMEOUT)
    if live.failure:
        found.note("live", str(live.failure))
    else:
        found.note("live", f"status {live.status}, {_milliseconds(live.seconds)}")
    if live.failure or live.seconds > timeouts.LIVE_TIMEOUT:
        found.problem("slow-live", seconds=f"{live.seconds:.1f}")
    elif not 200 <= live.status <= 399:
        found.problem("no-live-route", status=live.status)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def examine_meta(endpoint: Endpoint, found: Diagnosis) -> dict[str, object]:
    """The contents of GET /meta; empty if Weaviate could not read it."""
    seen = endpoint.get(META)
    try:
        document = {} if seen.failure else read_meta(seen.body)
    except GoParseError as problem:
        found.note("meta", f"status {seen.status}")
        found.problem("bad-meta", failure=one_line(str(problem)))
        return {}
    if seen.failure:
        found.problem("bad-meta", failure=str(seen.failure))
        return {}
    names = ", ".join(
        f"{name} {_shown(value)}" for name, value in document.items() if _plain(value)
    )
    found.note("meta", one_line(names or f"{len(document)} entries"))
    return document


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _shown(value: object) -> str:
    # Go, and therefore the reader, converts every number to a float.
    return f"{value:g}" if isinstance(value, float) else str(value)
