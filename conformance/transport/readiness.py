"""Wait until the endpoint is ready, or explain in one line why it is not."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from conformance.data import fixture_files
from conformance.data.messages import UserError, printable
from conformance.transport.child_process import wait_until
from conformance.transport.endpoint import META, READY, Endpoint, Preflight
from conformance.transport.exchange import Exchange, FailureKind, without_password

FIRST_TEXT = "a red circle"
NO_SUCH_ROUTE = (401, 403, 404, 405)
"""Statuses that other kinds of services return on this contract's routes."""
LOOK = 2.0
"""Seconds for each further request: the service has just answered one."""


class Unusable(UserError):
    """No run is possible: there is no endpoint, or it cannot be started."""


def preflight(endpoint: Endpoint, wait: float, alive: Callable[[], bool]) -> Preflight:
    """Wait for ready, then send the first request; raises Unusable if there is no endpoint.

    `alive` tells whether the process is still running, if the suite started it.
    """
    _wait_until_ready(endpoint, wait, alive)
    first = endpoint.vectorize([FIRST_TEXT])
    if first.status in NO_SUCH_ROUTE:
        _raise_if_another_service(endpoint)
    meta = endpoint.get(META)
    if _somebody_elses(first) and _somebody_elses(meta):
        url = without_password(endpoint.client.url)
        raise Unusable(
            f"{url} is not a multi2vec-clip endpoint: neither POST /vectorize nor GET /meta "
            f"returns a JSON object (vectorize: {_short(first)}). Check the URL."
        )
    return Preflight(first, meta)


def _wait_until_ready(endpoint: Endpoint, wait: float, alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + wait
    looked = False
    seen: Exchange

    def decided() -> bool:
        nonlocal looked, seen
        left = max(deadline - time.monotonic(), 0.5)
        seen = endpoint.get(READY, timeout=min(left, endpoint.client.timeout))
        if seen.status in NO_SUCH_ROUTE and not looked:
            # Waiting is useless, since this service is not an endpoint.
            _raise_if_another_service(endpoint)
            looked = True
        return seen.succeeded or not alive()

    wait_until(decided, wait)
    if not seen.succeeded:
        raise Unusable(_why(endpoint.client.url, seen, wait, alive()))


def _raise_if_another_service(endpoint: Endpoint) -> None:
    service = recognize(endpoint)
    if service is not None:
        url = without_password(endpoint.client.url)
        raise Unusable(f"{url} is not a multi2vec-clip endpoint but {service.name}: {service.hint}")


def _why(url: str, seen: Exchange, wait: float, alive: bool) -> str:
    shown = without_password(url)
    if not alive:
        return f"the endpoint's process ended before {shown} was ready"
    doctor = f"clip-conformance doctor {shown} names the likely cause"
    more = f"(waited {wait:g} s; --wait SECONDS waits longer, {doctor})"
    if "[SSL" in str(seen.failure):
        return (
            f"no TLS connection to {shown}: {seen.failure} (--ca-file adds an authority; {doctor})"
        )
    if seen.failed_by(FailureKind.NO_CONNECTION):
        return f"nothing is listening at {shown}: {seen.failure} {more}"
    if seen.failure:
        return f"{shown} accepts connections but does not answer {READY}: {seen.failure} {more}"
    answer = f"{shown} is not ready: {READY} returns {_short(seen)}"
    return f"{answer} ({doctor})" if seen.status in NO_SUCH_ROUTE else f"{answer} {more}"


def _somebody_elses(exchange: Exchange) -> bool:
    """Whether the response is missing, or that of another kind of service.

    Other services return an empty body, a web page, or an error for an unknown route. Any other
    response, however broken, comes from an endpoint, and the checks test it.
    """
    body = exchange.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    unknown = exchange.status in (404, 405) and not body.startswith(b"{")
    broken = any(map(exchange.failed_by, (FailureKind.TOO_LARGE, FailureKind.BROKEN_GZIP)))
    return (not body and not broken) or body.startswith(b"<") or unknown


def _short(exchange: Exchange) -> str:
    kind = exchange.headers.get("content-type", "no content type")
    # Text from the endpoint must not control the terminal.
    return printable(
        exchange.failure.message if exchange.failure else f"status {exchange.status}, {kind}"
    )


@dataclass(frozen=True)
class OtherService:
    """How to recognize a kind of service, and what to do about it."""

    name: str
    path: str
    hint: str
    source: str
    keys: tuple[str, ...] = ()
    text: str = ""

    def fits(self, exchange: Exchange) -> bool:
        """Whether the response to a GET of `path` comes from this service."""
        if exchange.failure:
            return False
        if self.text:
            return self.text.encode() in exchange.body
        document = exchange.json()
        return isinstance(document, Mapping) and document.keys() >= set(self.keys)


@cache
def known() -> tuple[OtherService, ...]:
    """The services in the table, in order."""
    rows = fixture_files.toml("other_services.toml")["service"]
    return tuple(OtherService(**{**row, "keys": tuple(row.get("keys", ()))}) for row in rows)


def recognize(endpoint: Endpoint) -> OtherService | None:
    """The kind of service that answers there, if it is in the table."""
    seen: dict[str, Exchange] = {}
    for service in known():
        if service.path not in seen:
            seen[service.path] = endpoint.get(service.path, timeout=LOOK)
        if service.fits(seen[service.path]):
            return service
    return None
