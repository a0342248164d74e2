"""An HTTP client with limits on the time and memory that each exchange can use."""

import asyncio
import json
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import chain, count
from typing import Any

import httpx

from conformance.options import endpoint_url
from conformance.transport.exchange import (
    MAX_RESPONSE,
    Exchange,
    FailureKind,
    TooLarge,
    classify,
    without_gzip,
)
from conformance.transport.pace import Pace
from conformance.transport.raw_caller import RawCaller

RESENDS = 2
"""Like Go's net/http, send a request again if its keep-alive connection turns out to be closed."""
HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip", "User-Agent": "clip-conformance"}
BUFFERED = 2**16
"""Bytes of a body that are sent even if the endpoint does not read them."""
SOON = 1
"""Seconds: an idle connection is usually kept open for longer."""
NONE_KEPT = 0.0, 0
Sample = tuple[str, float]
"""The kind of request, and seconds."""
LARGE = 1_000_000
"""Size in bytes above which the number of items in a request body is not determined."""
PROBES = {"/.well-known/ready": "ready", "/.well-known/live": "live", "/meta": "meta"}

Listener = Callable[[Sequence[Exchange]], None]


@dataclass(frozen=True)
class Request:
    """A request to send; `path` is appended to the endpoint's URL, as Weaviate does."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] | None = None


class Client:
    """Sends requests to one endpoint and keeps statistics.

    The interface is synchronous, but the implementation uses asyncio: one deadline limits a whole
    exchange, no matter how slowly the endpoint sends, and parallel requests need no threads.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self.timeout = timeout
        self.pace = Pace(timeout)
        """How fast the endpoint is, learned from previous requests."""
        self.endpoint_seconds = 0.0
        """Seconds spent on exchanges; parallel ones count once."""
        self.late: list[tuple[str, Exchange]] = []
        """POST requests without a complete response in time, though the endpoint is fast enough,
        each with the clause of the running test."""
        self.resends = 0
        """How often a keep-alive connection was closed instead of a response to a small request."""
        self.silent_closes = 0
        """How often a keep-alive connection was closed soon after a response, without notice."""
        self._kept = NONE_KEPT
        """When the last response arrived, and the number of its connection, if it stays open."""
        self._numbers: dict[object, int] = {}
        """The numbers of the connections by their local address, in the order of their opening."""
        self._opened = count(1)
        self.listeners: list[Listener] = []
        """Called with the exchanges of each call afterward; they may send requests themselves."""
        self._runner = asyncio.Runner()
        self._http = _http_client(self.url)

    def close(self) -> None:
        """Close every connection."""
        # If an interrupt hit a running task, the loop raises it again when it runs next.
        with suppress(KeyboardInterrupt):
            self._runner.run(self._http.aclose())
        with suppress(KeyboardInterrupt):
            self._runner.close()

    def send(self, request: Request, timeout: float | None = None) -> Exchange:
        """One exchange; never raises for anything that the endpoint does."""
        return self.send_all([request], timeout)[0]

    def send_all(self, requests: Sequence[Request], timeout: float | None = None) -> list[Exchange]:
        """Send all requests in parallel, each on its own connection; the answers are in order."""
        start = time.perf_counter()
        exchanges = self._runner.run(self._gather(requests, timeout or self.timeout))
        if len(exchanges) > 1:
            exchanges = [replace(each, in_parallel=True) for each in exchanges]
        self.note(exchanges, time.perf_counter() - start)
        return exchanges

    def send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all requests in sequence; the listeners are called after the last response."""
        start = time.perf_counter()
        exchanges = self._runner.run(self._in_turn(requests))
        self.note(exchanges, time.perf_counter() - start)
        return exchanges

    def run_beside(
        self,
        work: Sequence[Request],
        probes: Mapping[Request, float],
        most: int,
        callers: int | None = None,
    ) -> tuple[list[Exchange], list[list[Exchange]]]:
        """Send `work` and, until it ends, each probe repeatedly, at most `most` times.

        The work is sent in parallel, or by that many `callers`, each sending its part in sequence.
        `probes` gives each probe's timeout. The exchanges are in the order of the requests.
        """
        start = time.perf_counter()
        callers = callers or len(work)
        done, seen = self._runner.run(self._beside(work, probes, most, callers))
        done = [replace(each, in_parallel=callers > 1) for each in done]
        self.note([*done, *chain(*seen)], time.perf_counter() - start)
        return done, seen

    def note(self, exchanges: Sequence[Exchange], seconds: float) -> None:
        """Count exchanges, including those made without this client, and call the listeners."""
        self.endpoint_seconds += seconds
        self.pace.heard(exchanges)
        posts = [each for each in exchanges if each.method == "POST"]
        late = [each for each in posts if each.failed_by(FailureKind.TIMED_OUT)]
        self.late += [(self.pace.about, each) for each in late if not self.pace.explains(each)]
        for listener in self.listeners:
            listener(exchanges)

    def drop_connections(self) -> None:
        """Close every keep-alive connection, so that the next request opens a new one."""
        # An interrupt may come at any time, and running code still needs an open client.
        closing, self._http = self._http, _http_client(self.url)
        self._kept = NONE_KEPT
        self._runner.run(closing.aclose())

    async def _gather(self, requests: Sequence[Request], timeout: float) -> list[Exchange]:
        return list(await asyncio.gather(*(self._exchange(r, timeout) for r in requests)))

    async def _in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        return [await self._exchange(each, self.timeout) for each in requests]

    async def _beside(
        self, work: Sequence[Request], probes: Mapping[Request, float], most: int, callers: int
    ) -> tuple[list[Exchange], list[list[Exchange]]]:
        parts = [self._in_turn(work[caller::callers]) for caller in range(callers)]
        busy = asyncio.gather(*parts)

        async def repeated(probe: Request, timeout: float) -> list[Exchange]:
            seen: list[Exchange] = []
            while not busy.done() and len(seen) < most:
                seen.append(await self._exchange(probe, timeout))
                await asyncio.sleep(0.02)
            return seen

        # The load must reach the endpoint before the first probe does.
        await asyncio.sleep(0.02)
        seen = await asyncio.gather(*(repeated(*each) for each in probes.items()))
        done = await busy
        return [done[n % callers][n // callers] for n in range(len(work))], seen

    async def _exchange(self, request: Request, timeout: float) -> Exchange:
        exchange = await self._once(request, timeout)
        while _may_be_sent_again(exchange):
            again = await self._once(request, timeout)
            exchange = replace(again, resent=exchange.resent + 1)
            self.resends += len(request.body) <= BUFFERED
        return exchange

    async def _once(self, request: Request, timeout: float) -> Exchange:
        call = self._http.build_request(
            request.method, self.url + request.path, content=request.body, headers=request.headers
        )
        headers = tuple((request.headers or {}).items())
        sent = Exchange(request.method, self.url + request.path, headers, request.body)
        start = time.perf_counter()
        (ended, last), self._kept = self._kept, NONE_KEPT
        fresh: list[int] = []

        async def trace(event: str, _info: Any) -> None:
            if event == "connection.connect_tcp.started":
                fresh.append(next(self._opened))

        call.extensions["trace"] = trace
        try:
            async with asyncio.timeout(timeout):
                answered, address = await self._receive(call, sent)
            if fresh:
                self._numbers[address] = fresh[0]
            number = self._numbers.get(address, 0)
            # httpx uses the oldest idle connection, so a newer one means that the last was closed.
            self.silent_closes += 0 < last < number and start - ended < SOON
            if _stays_open(answered):
                self._kept = time.perf_counter(), number
        except (TimeoutError, httpx.HTTPError, httpx.StreamError, zlib.error, TooLarge) as problem:
            answered = replace(sent, failure=classify(problem, timeout, reused=not fresh))
            cut = isinstance(problem, (httpx.ReadError, httpx.WriteError))
            if cut and len(request.body) > BUFFERED:
                raw = await asyncio.to_thread(self._again, request, sent, timeout)
                answered = raw if raw.status >= HTTPStatus.BAD_REQUEST else answered
        return replace(answered, seconds=time.perf_counter() - start, fresh=bool(fresh))

    def _again(self, request: Request, sent: Exchange, timeout: float) -> Exchange:
        """The exchange over a blocking socket, in case the endpoint rejects the request early.

        Many servers then close the connection, and asyncio drops a response that has already
        arrived if it cannot send the rest of the body. Go's client, by contrast, reads the
        response.
        """
        headers = {**HEADERS, **(request.headers or {}), "Content-Length": str(len(request.body))}
        with RawCaller(self.url, timeout) as caller:
            caller.write(caller.head(request.method, request.path, headers) + request.body)
            return caller.read(sent)

    async def _receive(self, call: httpx.Request, sent: Exchange) -> tuple[Exchange, object]:
        """The exchange, and the local address of its connection."""
        answer = await self._http.send(call, stream=True)
        address = answer.extensions["network_stream"].get_extra_info("client_addr")
        try:
            raw = bytearray()
            async for chunk in answer.aiter_raw():
                raw += chunk
                if len(raw) > MAX_RESPONSE:
                    raise TooLarge
        finally:
            await answer.aclose()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = without_gzip(bytes(raw), headers)
        status, version = answer.status_code, answer.http_version
        return replace(sent, status=status, version=version, headers=headers, body=body), address


def _http_client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=endpoint_url.certificates(url),
        trust_env=False,
        follow_redirects=False,
        timeout=None,
        limits=httpx.Limits(max_connections=None, keepalive_expiry=None),
        headers={**HEADERS, **dict(endpoint_url.headers_of(url))},
        # Go's client keeps no cookies, and an endpoint's cookies would change later requests.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def _stays_open(answered: Exchange) -> bool:
    """Whether the connection should stay open after this response.

    httpx itself closes it after HTTP/1.0, or if the request's body was not sent completely.
    """
    may_stay = answered.version != "HTTP/1.0" and len(answered.request_body) <= BUFFERED
    return may_stay and not answered.announces_close


def _may_be_sent_again(exchange: Exchange) -> bool:
    closed = exchange.failed_by(FailureKind.CLOSED_KEPT_CONNECTION)
    return closed and exchange.resent < RESENDS


class Stopwatch:
    """Keeps a sample of every successful exchange."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Listener of `Client`: the exchanges of one call."""
        good = [each for each in exchanges if each.succeeded]
        together = ", in parallel" if len(exchanges) > 1 else ""
        self.samples += [(kind(each) + together, round(each.seconds, 4)) for each in good]


def kind(exchange: Exchange) -> str:
    """The kind of request."""
    for path, name in PROBES.items():
        if exchange.method == "GET" and exchange.url.endswith(path):
            return name
    if exchange.method != "POST":
        return "other"
    if len(exchange.request_body) > LARGE:
        return "large request"
    return _of_items(exchange.request_body)


def _of_items(body: bytes) -> str:
    try:
        asked = json.loads(body)
        texts, images = (len(asked.get(name) or ()) for name in ("texts", "images"))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return "other"
    known = {(1, 0): "one text", (0, 1): "one image", (0, 0): "no items"}
    return known.get((texts, images), "several items")
