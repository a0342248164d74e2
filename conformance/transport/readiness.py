"""Is there an endpoint at all? Asked once, before any check, so that a dead one is one line."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from conformance.transport.endpoint import META, READY, Endpoint
from conformance.transport.exchange import Exchange, without_password
from conformance.transport.failures import FailureKind
from conformance.transport.other_services import recognise

FIRST_TEXT = "a red circle"
PAUSE = 0.1
NO_SUCH_ROUTE = (401, 403, 404, 405)
"""What another kind of service answers on a route of this contract."""


class Unusable(RuntimeError):
    """No run is possible; the message is one line that says what to do."""


@dataclass(frozen=True)
class Preflight:
    """What was seen before the first check."""

    first: Exchange
    """The first POST /vectorize after the first ready answer: one text."""
    meta: Exchange


def preflight(endpoint: Endpoint, wait: float, alive: Callable[[], bool]) -> Preflight:
    """Wait for ready, then send the first request; raises Unusable where there is no endpoint.

    `alive` says whether the endpoint's process still runs, where the suite started it.
    """
    _wait_until_ready(endpoint, wait, alive)
    first = endpoint.vectorize([FIRST_TEXT])
    if first.status in NO_SUCH_ROUTE:
        _raise_if_another_service(endpoint)
    meta = endpoint.get(META)
    if _somebody_elses(first) and _somebody_elses(meta):
        url = without_password(endpoint.client.url)
        raise Unusable(
            f"{url} is no multi2vec-clip endpoint: neither POST /vectorize nor GET /meta answers "
            f"with a JSON object (vectorize: {_short(first)}). Check the URL."
        )
    return Preflight(first, meta)


def _wait_until_ready(endpoint: Endpoint, wait: float, alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + wait
    looked = False
    while True:
        left = max(deadline - time.monotonic(), 0.5)
        seen = endpoint.get(READY, timeout=min(left, endpoint.client.timeout))
        if not seen.failure and 200 <= seen.status <= 299:
            return
        if seen.status in NO_SUCH_ROUTE and not looked:
            # Waiting does not turn it into an endpoint.
            _raise_if_another_service(endpoint)
            looked = True
        if time.monotonic() >= deadline or not alive():
            raise Unusable(_why(endpoint.client.url, seen, wait, alive()))
        time.sleep(PAUSE)


def _raise_if_another_service(endpoint: Endpoint) -> None:
    service = recognise(endpoint)
    if service is not None:
        url = without_password(endpoint.client.url)
        raise Unusable(f"{url} is no multi2vec-clip endpoint but {service.name}: {service.hint}")


def _why(url: str, seen: Exchange, wait: float, alive: bool) -> str:
    shown = without_password(url)
    if not alive:
        return f"the endpoint's process ended before {shown} was ready"
    more = f"(waited {wait:g} s; --wait SECONDS waits longer)"
    if seen.failed_by(FailureKind.NO_CONNECTION):
        return f"nothing listens at {shown}: {seen.failure} {more}"
    if seen.failure:
        return f"{shown} accepts connections but does not answer {READY}: {seen.failure} {more}"
    answer = f"{shown} is not ready: {READY} answers with {_short(seen)}"
    return answer if seen.status in NO_SUCH_ROUTE else f"{answer} {more}"


def _somebody_elses(exchange: Exchange) -> bool:
    """Whether nobody answers, or another kind of server: nothing, a page, or no such route.

    Anything else, however broken, is an endpoint's answer, and for the checks to judge.
    """
    body = exchange.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    unknown = exchange.status in (404, 405) and not body.startswith(b"{")
    broken = any(map(exchange.failed_by, (FailureKind.TOO_LARGE, FailureKind.BROKEN_GZIP)))
    return (not body and not broken) or body.startswith(b"<") or unknown


def _short(exchange: Exchange) -> str:
    if exchange.failure:
        return exchange.failure.message
    return f"status {exchange.status}, {exchange.headers.get('content-type', 'no content type')}"
