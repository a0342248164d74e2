"""Is anything there, and is it an endpoint? The probes, and what another service looks like."""

from statistics import median
from urllib.parse import urlsplit

from conformance.data import timeouts
from conformance.doctor.diagnosis import Diagnosis
from conformance.transport.endpoint import LIVE, READY, Endpoint
from conformance.transport.exchange import Exchange, FailureKind, without_password
from conformance.transport.readiness import recognise

PROBES = 3
PROBE_TIMEOUT = 5.0
"""Seconds; whatever takes longer than the callers' own bounds is a problem anyway."""
FORBIDDEN = (401, 403, 407)
UNKNOWN_HOST = ("name or service not known", "nodename nor servname", "name resolution")


def examine(endpoint: Endpoint, found: Diagnosis) -> bool:
    """Look at the probes; False where it makes no sense to send anything else."""
    first = endpoint.get(READY, timeout=PROBE_TIMEOUT)
    if first.failure:
        _unreachable(first, found)
        return False
    if not 200 <= first.status <= 299:
        return _not_ready(endpoint, first, found)
    _ready(endpoint, first, found)
    _live(endpoint, found)
    return True


def _unreachable(seen: Exchange, found: Diagnosis) -> None:
    failure = str(seen.failure)
    found.note("ready", failure)
    facts = {**address_facts(seen.url.removesuffix(READY)), "failure": failure, "path": READY}
    if any(words in failure.lower() for words in UNKNOWN_HOST):
        found.problem("no-such-host", **facts)
    elif seen.failed_by(FailureKind.NO_CONNECTION):
        found.problem("nothing-listens", **facts)
    else:
        found.problem("no-answer", **facts)


def address_facts(url: str) -> dict[str, str]:
    """How a URL is called in advice: `url`, `host` and `address`, without a password."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    return {"url": without_password(url), "host": host, "address": f"{host}:{port}"}


def _not_ready(endpoint: Endpoint, seen: Exchange, found: Diagnosis) -> bool:
    facts = {**address_facts(endpoint.client.url), "status": seen.status}
    found.note("ready", f"status {seen.status}")
    if 300 <= seen.status <= 399:
        location = without_password(seen.headers.get("location", "nowhere"))
        found.problem("redirect", path=READY, location=location, **facts)
        return False
    if seen.status >= 500:
        found.problem("not-ready", **facts)
        return False
    service = recognise(endpoint)
    if service is not None:
        found.problem("other-service", name=service.name, hint=service.hint, **facts)
        return False
    if seen.status in FORBIDDEN:
        found.problem("forbidden", path=READY, error="", **facts)
        return False
    found.problem("no-ready-route", **facts)
    return True


def _ready(endpoint: Endpoint, first: Exchange, found: Diagnosis) -> None:
    again = [endpoint.get(READY, timeout=PROBE_TIMEOUT) for _ in range(PROBES - 1)]
    # Weaviate asks again every second, so that a single slow answer is none.
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
