"""A transparent proxy between Weaviate and the endpoint that records the traffic.

Strategy: Weaviate must not notice it. So each connection of Weaviate's has one to the endpoint
beside it (a `_Link`), opened with its first request and ended with it; a message is read whole, by
HTTP's framing alone, and sent on as it came but for `Host`. An idle connection that the endpoint
has closed is replaced before the next request, as Go's client would; one that breaks while a
request is under way is not: Weaviate then sees what it would have seen, a connection closed without
a response, and what it does about that (servers from 1.38.8 send again) is its own affair.

Two things are added. Readiness can be held back (`hold_ready`), to see Weaviate wait. And what
passed is kept in the order of its end, up to `KEPT_BYTES`, so that a check can ask what Weaviate
sent since a `mark`.
"""

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import h11

from conformance.transport import go_reader
from conformance.transport.exchange import CLOSED, Exchange, TooLarge, classify
from conformance.transport.go_reader import GoParseError
from conformance.transport.raw_http import LOOPBACK, Listener, Message, Peer, Wire

KEPT_BYTES = 256 * 2**20
"""Bodies beyond this are passed on and counted, but no longer kept."""
MAX_BYTES = 256 * 2**20
"""Of one message; far above the 64 MiB that the suite itself would read."""
RESPONSE_TIMEOUT = 60.0
"""Seconds for one response; Weaviate itself gives up after 50."""
NOT_READY = Message(
    "HTTP/1.1 503 Service Unavailable",
    (("Content-Type", "application/json"), ("Content-Length", "2")),
    b"{}",
    b"{}",
)


@dataclass(frozen=True)
class Passed:
    """The request as Weaviate sent it and the endpoint's response, None if none came whole."""

    request: Message
    response: Message | None
    origin: str = ""
    """Scheme and host of the endpoint itself, where Weaviate knows the proxy's."""

    @property
    def path(self) -> str:
        """The path that Weaviate asked for, as it stood on the wire."""
        return self.request.start.split(" ")[1]

    @property
    def vectorizes(self) -> bool:
        """Whether this asked for vectors."""
        return self.request.start.startswith("POST ") and self.path.endswith("/vectorize")

    @property
    def status(self) -> int:
        """The status of the response; 0 without one."""
        return self.response.status if self.response else 0

    @property
    def size(self) -> int:
        """Bytes of both bodies."""
        response = len(self.response.framed) if self.response else 0
        return len(self.request.framed) + response

    def without_items(self) -> "Passed":
        """The same exchange without what was sent."""
        return replace(self, request=replace(self.request, framed=b"", body=b""))

    def asked(self) -> dict[str, list[str]]:
        """The request's texts and images; none if its body was not kept."""
        body: dict[str, Any] = json.loads(self.request.body or b"{}")
        return {kind: list(body.get(kind) or []) for kind in ("texts", "images")}

    def to_exchange(self) -> Exchange:
        """As the suite shows exchanges; addressed to the endpoint, so that its curl line works.

        What is wrong with the response is the endpoint's doing, and so a failure of the exchange;
        nothing is raised for it.
        """
        request = Exchange(
            method=self.request.start.split(" ")[0],
            url=f"{self.origin}{self.path}",
            request_headers=tuple(h for h in self.request.headers if h[0] == "Content-Type"),
            request_body=self.request.body,
        )
        if self.response is None:
            return replace(request, failure=CLOSED)
        try:
            return self.response.answers(request)
        except (zlib.error, TooLarge) as problem:
            failure = classify(problem, RESPONSE_TIMEOUT, reused=False)
            return replace(request, status=self.status, failure=failure)

    def succeeded(self) -> bool:
        """Whether Weaviate got the vectors that it asked for."""
        exchange = self.to_exchange()
        if exchange.failure is not None or exchange.status > 399:
            return False
        try:
            response = go_reader.read(exchange.status, exchange.body)
        except GoParseError:
            return False
        if not self.request.body:
            return True  # no longer kept, so how many were asked for is not known
        asked = self.asked()
        got = len(response.text_vectors), len(response.image_vectors)
        return got == (len(asked["texts"]), len(asked["images"]))


class _Link:
    """The connection to the endpoint that belongs to one of Weaviate's."""

    def __init__(self, endpoint: Peer) -> None:
        self._endpoint = endpoint
        self._wire: Wire | None = None

    def forward(self, request: Message) -> Message | None:
        """The endpoint's response; None if none comes whole."""
        response = None
        with suppress(OSError, h11.ProtocolError, TooLarge):
            wire = self._opened()
            wire.set_deadline(RESPONSE_TIMEOUT)
            wire.write(self._endpoint.addressed(request).rendered())
            response = wire.response(request.start.split(" ")[0])
        if response is None or response.last:
            self.close()
        return response

    def close(self) -> None:
        """Close it, if it is open."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    def _opened(self) -> Wire:
        # An idle connection that the endpoint has closed is readable.
        if self._wire is not None and self._wire.has_news(0):
            self.close()
        if self._wire is None:
            self._wire = Wire(self._endpoint.connect(RESPONSE_TIMEOUT), most=MAX_BYTES)
        return self._wire


class RecordingProxy(Listener):
    """Listens on one interface, by default the loopback; `url` is what Weaviate is told."""

    def __init__(self, endpoint: str, host: str = LOOPBACK, known_as: str | None = None) -> None:
        self.known_as = known_as or host
        self.endpoint = Peer(endpoint)
        self.passed: list[Passed] = []
        self.peak = 0
        """The most requests that were under way at once."""
        self._bytes_kept = 0
        self._lock = threading.Lock()
        self._unready = 0
        self._under_way = 0
        super().__init__(host)

    @property
    def url(self) -> str:
        """Where this listens, with the endpoint's own path prefix."""
        return f"http://{self.known_as}:{self.server_address[1]}{self.endpoint.parts.path}"

    def hold_ready(self, times: int) -> None:
        """Answer the next `times` readiness probes with 503, as an endpoint that still loads."""
        self._unready = times

    def mark(self) -> int:
        """How much has passed by now, for `since`."""
        with self._lock:
            return len(self.passed)

    def since(self, mark: int) -> list[Passed]:
        """The requests for vectors that have passed since `mark`, in the order of their ends."""
        with self._lock:
            return [exchange for exchange in self.passed[mark:] if exchange.vectorizes]

    def talk(self, wire: Wire) -> None:
        """Pass requests on until either side closes."""
        link = _Link(self.endpoint)
        try:
            while (request := wire.request()) is not None:
                response = self._response(link, request)
                if response is None:
                    return
                wire.write(response.rendered())
                if response.last or request.last:
                    return
        finally:
            link.close()

    def _response(self, link: _Link, request: Message) -> Message | None:
        with self._in_flight():
            response = NOT_READY if self._is_held(request) else link.forward(request)
        self._keep(Passed(request, response, self.endpoint.origin))
        return response

    def _is_held(self, request: Message) -> bool:
        with self._lock:
            held = self._unready > 0 and "/.well-known/ready" in request.start
            self._unready -= held
        return held

    @contextmanager
    def _in_flight(self) -> Iterator[None]:
        """Counts a request while it is under way."""
        with self._lock:
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def _keep(self, passed: Passed) -> None:
        with self._lock:
            self._bytes_kept += passed.size
            over = self._bytes_kept > KEPT_BYTES
            self.passed.append(passed.without_items() if over else passed)


def in_front_of(
    endpoint: str, host: str = LOOPBACK, known_as: str | None = None
) -> AbstractContextManager[RecordingProxy]:
    """A proxy in front of `endpoint`, running until the end of the block.

    It listens at the address `host`, which a Weaviate elsewhere may know by another name.
    """
    return RecordingProxy(endpoint, host, known_as).running()
