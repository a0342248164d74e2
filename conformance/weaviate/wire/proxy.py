"""A proxy between Weaviate and the endpoint that passes every byte on and keeps what passed."""

import gzip
import json
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import Any

from conformance.weaviate.server.ports import LOOPBACK
from conformance.weaviate.wire.http1 import BadMessage, Message, read_answer, read_request
from conformance.weaviate.wire.upstream import Upstream

KEPT_BYTES = 256 * 2**20
"""Bodies beyond this are passed on and counted, but no longer kept."""


@dataclass(frozen=True)
class Passed:
    """One exchange: the request as Weaviate sent it and the endpoint's answer, None for none."""

    request: Message
    answer: Message | None

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
        """The status of the answer; 0 without one."""
        return int(self.answer.start.split(" ")[1]) if self.answer else 0

    @property
    def answered(self) -> bytes:
        """The answer's body, decoded where it is gzip; empty without an answer."""
        if self.answer is None:
            return b""
        gzipped = self.answer.header("content-encoding").lower() == "gzip"
        return gzip.decompress(self.answer.body) if gzipped else self.answer.body

    def asked(self) -> dict[str, list[str]]:
        """The request's texts and images."""
        body: dict[str, Any] = json.loads(self.request.body)
        return {kind: list(body.get(kind) or []) for kind in ("texts", "images")}


class Connection(socketserver.BaseRequestHandler):
    """One connection of Weaviate's, with one to the endpoint beside it."""

    server: "RecordingProxy"

    def handle(self) -> None:
        """Pass requests on until either side closes."""
        self.request.settimeout(None)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link: socket.socket | None = None
        self.answers: BufferedReader | None = None
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
            answer = self.server.early_answer(request) or self._forward(request)
        self.server.keep(Passed(request, answer))
        if answer is None:
            # Weaviate sees what it would have seen: a connection closed without an answer.
            return False
        self.request.sendall(answer.rendered())
        return not (answer.last or request.last)

    def _forward(self, request: Message) -> Message | None:
        answer = None
        with suppress(OSError, BadMessage):
            link = self._linked()
            link.sendall(self.server.upstream.address(request).rendered())
            assert self.answers is not None
            answer = read_answer(self.answers)
        if answer is None or answer.last:
            self._unlink()
        return answer

    def _linked(self) -> socket.socket:
        # An idle connection that the endpoint has closed is readable: Go, too, would drop it.
        if self.link is not None and select.select([self.link], [], [], 0)[0]:
            self._unlink()
        if self.link is None:
            self.link = self.server.upstream.connect()
            self.answers = self.link.makefile("rb")
        return self.link

    def _unlink(self) -> None:
        for end in (self.answers, self.link):
            if end is not None:
                end.close()
        self.link = self.answers = None


class RecordingProxy(socketserver.ThreadingTCPServer):
    """Listens on the loopback interface; `url` is what Weaviate is told."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, endpoint: str) -> None:
        self.upstream = Upstream(endpoint)
        self.passed: list[Passed] = []
        self.bytes_kept = 0
        self.lock = threading.Lock()
        self.unready = 0
        self.flying = 0
        self.peak = 0
        """The most requests that were under way at once."""
        self.open: set[socket.socket] = set()
        super().__init__((LOOPBACK, 0), Connection)

    @property
    def url(self) -> str:
        """Where this listens, with the endpoint's own path prefix."""
        return f"http://{LOOPBACK}:{self.server_address[1]}{self.upstream.parts.path}"

    def hold_ready(self, times: int) -> None:
        """Answer the next `times` readiness probes with 503, as an endpoint that still loads."""
        self.unready = times

    def early_answer(self, request: Message) -> Message | None:
        """The answer in the endpoint's stead while readiness is held back."""
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
            self.flying += 1
            self.peak = max(self.peak, self.flying)
        try:
            yield
        finally:
            with self.lock:
                self.flying -= 1

    def keep(self, exchange: Passed) -> None:
        """Note an exchange."""
        with self.lock:
            self.bytes_kept += len(exchange.request.framed)
            self.bytes_kept += len(exchange.answer.framed) if exchange.answer else 0
            if self.bytes_kept > KEPT_BYTES:
                exchange = Passed(_emptied(exchange.request), exchange.answer)
            self.passed.append(exchange)

    def mark(self) -> int:
        """A point in time, for `since`."""
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


def _emptied(message: Message) -> Message:
    return replace(message, framed=b"", body=b"")


@contextmanager
def between(endpoint: str) -> Iterator[RecordingProxy]:
    """A proxy in front of `endpoint`, running until the end of the block."""
    proxy = RecordingProxy(endpoint)
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
