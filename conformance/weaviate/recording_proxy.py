"""A transparent proxy that records the traffic between Weaviate and the endpoint.

Weaviate must not notice the proxy. Therefore, each connection from Weaviate has its own connection
to the endpoint (a `_Link`), which is opened with the first request and closed with Weaviate's
connection. A message is read whole, using only HTTP's framing, and forwarded unchanged except for
`Host`. If the endpoint has closed an idle connection, it is replaced before the next request, as in
Go's client. If a connection breaks during a request, it is not replaced: Weaviate sees a connection
closed without a response, as it would without the proxy, and may send the request again (from
1.38.8).

The proxy has two further functions. The proxy can delay readiness (`hold_ready`), to observe how
Weaviate waits. The proxy also keeps the traffic in the order in which requests ended, up to
`KEPT_BYTES`, so that a check can ask what Weaviate has sent since a `mark`.
"""

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import h11

from conformance.transport import go_reader
from conformance.transport.exchange import CLOSED, Exchange, TooLarge, classify
from conformance.transport.go_reader import GoParseError
from conformance.transport.raw_http import LOOPBACK, Listener, Message, Peer, Wire

KEPT_BYTES = 256 * 2**20
"""Bodies beyond this total are forwarded and counted, but no longer kept."""
MAX_BYTES = 256 * 2**20
"""Maximum size of one message, far above the 64 MiB that the suite itself would read."""
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
    """Weaviate's request and the endpoint's response, or None without a complete response."""

    request: Message
    response: Message | None
    origin: str = ""
    """Scheme and host of the endpoint, if Weaviate knows only the proxy's."""

    @property
    def path(self) -> str:
        """The requested path, exactly as sent."""
        return self.request.start.split(" ")[1]

    @property
    def vectorizes(self) -> bool:
        """Whether the request was for vectors."""
        return self.request.start.startswith("POST ") and self.path.endswith("/vectorize")

    @property
    def status(self) -> int:
        """The status of the response; 0 without one."""
        return self.response.status if self.response else 0

    @property
    def size(self) -> int:
        """Total size of both bodies in bytes."""
        response = len(self.response.framed) if self.response else 0
        return len(self.request.framed) + response

    def without_items(self) -> "Passed":
        """This exchange without the bodies."""
        return replace(self, request=replace(self.request, framed=b"", body=b""))

    def asked(self) -> dict[str, list[str]]:
        """The request's texts and images; none if its body was not kept."""
        body: dict[str, Any] = json.loads(self.request.body or b"{}")
        return {kind: list(body.get(kind) or []) for kind in ("texts", "images")}

    def to_exchange(self) -> Exchange:
        """A suite exchange addressed to the endpoint, so that its curl command works.

        A broken response is the endpoint's fault, and is recorded as a failure of the exchange;
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
        """Whether Weaviate got all the vectors that it requested."""
        exchange = self.to_exchange()
        if exchange.failure is not None or exchange.status > 399:
            return False
        try:
            response = go_reader.read(exchange.status, exchange.body)
        except GoParseError:
            return False
        if not self.request.body:
            return True  # The body was not kept, so the number of requested vectors is unknown.
        asked = self.asked()
        got = len(response.text_vectors), len(response.image_vectors)
        return got == (len(asked["texts"]), len(asked["images"]))


class _Link:
    """The connection to the endpoint that corresponds to one of Weaviate's connections."""

    def __init__(self, endpoint: Peer) -> None:
        self._endpoint = endpoint
        self._wire: Wire | None = None

    def forward(self, request: Message) -> Message | None:
        """The endpoint's response; None without a complete response."""
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
        # An idle connection is readable once the endpoint has closed it.
        if self._wire is not None and self._wire.has_news(0):
            self.close()
        if self._wire is None:
            self._wire = Wire(self._endpoint.connect(RESPONSE_TIMEOUT), most=MAX_BYTES)
        return self._wire


class RecordingProxy(Listener):
    """Listens on the address `host`; `url` is the URL for Weaviate, which may use another name.

    Use it through `running()`.
    """

    def __init__(self, endpoint: str, host: str = LOOPBACK, known_as: str | None = None) -> None:
        self.known_as = known_as or host
        self.endpoint = Peer(endpoint)
        self.passed: list[Passed] = []
        self.peak = 0
        """The maximum number of simultaneous requests."""
        self._bytes_kept = 0
        self._lock = threading.Lock()
        self._unready = 0
        self._under_way = 0
        super().__init__(host)

    @property
    def url(self) -> str:
        """The proxy's address, with the endpoint's own path prefix."""
        return f"http://{self.known_as}:{self.server_address[1]}{self.endpoint.parts.path}"

    def hold_ready(self, times: int) -> None:
        """Answer the next `times` readiness probes with 503, like an endpoint that is loading."""
        self._unready = times

    def mark(self) -> int:
        """The current position, for `since`."""
        with self._lock:
            return len(self.passed)

    def since(self, mark: int) -> list[Passed]:
        """The requests for vectors since `mark`, in the order in which they ended."""
        with self._lock:
            return [exchange for exchange in self.passed[mark:] if exchange.vectorizes]

    def talk(self, wire: Wire) -> None:
        """Forward requests until either side closes."""
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
        """Count a request while it is in progress."""
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
