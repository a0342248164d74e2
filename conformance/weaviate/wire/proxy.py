"""A proxy between Weaviate and the endpoint that passes every byte on and keeps what passed.

Strategy: Weaviate must not notice it. So each connection of Weaviate's has one to the endpoint
beside it (a `Pair`), opened with its first request and ended with it; a message is read whole, by
HTTP's framing alone, and sent on as it came but for `Host`. An idle connection that the endpoint
has closed is replaced before the next request, as Go's client would; one that breaks while a
request is under way is not: Weaviate then sees what it would have seen, a connection closed without
a response, and what it does about that (servers from 1.38.8 send again) is its own affair.

Two things are added. Readiness can be held back (`hold_ready`), to see Weaviate wait. And what
passed is kept in the order of its end, up to `KEPT_BYTES`, so that a check can ask what Weaviate
sent since a `mark`.
"""

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BufferedReader
from typing import Any

from conformance.weaviate.wire.http1 import BadMessage, Message, read_request, read_response
from conformance.weaviate.wire.ports import LOOPBACK
from conformance.weaviate.wire.proxied_exchange import Passed
from conformance.weaviate.wire.upstream import Upstream

KEPT_BYTES = 256 * 2**20
"""Bodies beyond this are passed on and counted, but no longer kept."""


class Pair(socketserver.BaseRequestHandler):
    """One connection of Weaviate's, with one to the endpoint beside it."""

    server: "RecordingProxy"

    def handle(self) -> None:
        """Pass requests on until either side closes."""
        self.request.settimeout(None)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link: socket.socket | None = None
        self.responses: BufferedReader | None = None
        try:
            with suppress(OSError, BadMessage), closing(self.request.makefile("rb")) as stream:
                while self._exchange(stream):
                    pass
        finally:
            self._unlink()

    def _exchange(self, stream: BufferedReader) -> bool:
        request = read_request(stream)
        if request is None:
            return False
        with self.server.in_flight():
            response = self.server.early_response(request) or self._forward(request)
        self.server.keep(request, response)
        if response is None:
            return False
        self.request.sendall(response.rendered())
        return not (response.last or request.last)

    def _forward(self, request: Message) -> Message | None:
        response = None
        with suppress(OSError, BadMessage):
            link = self._linked()
            link.sendall(self.server.upstream.address(request).rendered())
            assert self.responses is not None
            response = read_response(self.responses)
        if response is None or response.last:
            self._unlink()
        return response

    def _linked(self) -> socket.socket:
        # An idle connection that the endpoint has closed is readable.
        if self.link is not None and select.select([self.link], [], [], 0)[0]:
            self._unlink()
        if self.link is None:
            self.link = self.server.upstream.connect()
            self.responses = self.link.makefile("rb")
        return self.link

    def _unlink(self) -> None:
        if self.responses is not None:
            self.responses.close()
        if self.link is not None:
            self.link.close()
        self.link = self.responses = None


class RecordingProxy(socketserver.ThreadingTCPServer):
    """Listens on one interface, by default the loopback; `url` is what Weaviate is told."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, endpoint: str, host: str = LOOPBACK, known_as: str | None = None) -> None:
        self.known_as = known_as or host
        self.upstream = Upstream(endpoint)
        self.passed: list[Passed] = []
        self.bytes_kept = 0
        self.lock = threading.Lock()
        self.unready = 0
        self.under_way = 0
        self.peak = 0
        """The most requests that were under way at once."""
        self.open: set[socket.socket] = set()
        super().__init__((host, 0), Pair)

    @property
    def url(self) -> str:
        """Where this listens, with the endpoint's own path prefix."""
        return f"http://{self.known_as}:{self.server_address[1]}{self.upstream.parts.path}"

    def hold_ready(self, times: int) -> None:
        """Answer the next `times` readiness probes with 503, as an endpoint that still loads."""
        self.unready = times

    def early_response(self, request: Message) -> Message | None:
        """The response in the endpoint's stead while readiness is held back."""
        with self.lock:
            if self.unready == 0 or "/.well-known/ready" not in request.start:
                return None
            self.unready -= 1
        headers = (("Content-Type", "application/json"), ("Content-Length", "2"))
        return Message("HTTP/1.1 503 Service Unavailable", headers, b"{}", b"{}")

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Counts a request while it is under way."""
        with self.lock:
            self.under_way += 1
            self.peak = max(self.peak, self.under_way)
        try:
            yield
        finally:
            with self.lock:
                self.under_way -= 1

    def keep(self, request: Message, response: Message | None) -> None:
        """Note an exchange."""
        passed = Passed(request, response, self.upstream.origin)
        with self.lock:
            self.bytes_kept += passed.size
            over = self.bytes_kept > KEPT_BYTES
            self.passed.append(passed.without_items() if over else passed)

    def mark(self) -> int:
        """How much has passed by now, for `since`."""
        with self.lock:
            return len(self.passed)

    def since(self, mark: int) -> list[Passed]:
        """The requests for vectors that have passed since `mark`, in the order of their ends."""
        with self.lock:
            return [exchange for exchange in self.passed[mark:] if exchange.vectorizes]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note the connection, so that it ends with the proxy."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is told by its absence among the exchanges."""

    def close(self) -> None:
        """Stop listening and close every connection."""
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def in_front_of(
    endpoint: str, host: str = LOOPBACK, known_as: str | None = None
) -> Iterator[RecordingProxy]:
    """A proxy in front of `endpoint`, running until the end of the block.

    It listens at the address `host`, which a Weaviate elsewhere may know by another name.
    """
    proxy = RecordingProxy(endpoint, host, known_as)
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
