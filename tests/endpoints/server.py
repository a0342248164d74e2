"""Serve an endpoint over TCP on its own port."""

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from io import BufferedIOBase
from itertools import count

from tests.endpoints import software, wire
from tests.endpoints.bodies_in_pieces import Hasty, Pieces
from tests.endpoints.endpoint import Endpoint


class Handler(socketserver.StreamRequestHandler):
    """One connection: requests are answered one after the other until either side closes."""

    disable_nagle_algorithm = True
    server: "Server"

    def handle(self) -> None:
        self.connection.settimeout(self.server.endpoint.idle_seconds)
        with suppress(OSError, wire.MalformedError):
            while self.exchange():
                pass

    def exchange(self) -> bool:
        """One request and its answer; whether another may follow."""
        endpoint, number = self.server.endpoint, next(self.server.numbers)
        request = wire.read_request(self.stream(), number)
        if request is None:
            return False
        return endpoint.send(request, endpoint.answer(request), self.connection.sendall)

    def stream(self) -> BufferedIOBase:
        return self.rfile


class Server(socketserver.ThreadingTCPServer):
    """A server with one thread per connection."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        endpoint: Endpoint,
        host: str = "127.0.0.1",
        port: int = 0,
        handler: type[Handler] = Handler,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.request_queue_size = endpoint.backlog
        self.endpoint = endpoint
        self.numbers = count(1)
        self.open: set[socket.socket] = set()
        super().__init__((host, port), handler)

    @property
    def url(self) -> str:
        """The endpoint's URL, including its path prefix."""
        host, port = self.server_address[:2]
        shown = f"[{host!s}]" if self.address_family == socket.AF_INET6 else str(host)
        return f"http://{shown}:{port}{self.endpoint.prefix}"

    def process_request(self, request, client_address):  # type: ignore[no-untyped-def]
        """Remember the connection, so that it is closed with the server."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):  # type: ignore[no-untyped-def]
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):  # type: ignore[no-untyped-def]
        """Ignore broken connections, which some faults cause on purpose."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class OneThread(Server):
    """A server with one thread, which serves each connection to its end before the next."""

    def process_request(self, request, client_address):  # type: ignore[no-untyped-def]
        self.open.add(request)
        self.finish_request(request, client_address)
        self.shutdown_request(request)  # type: ignore[no-untyped-call]


class OneRequest(Handler):
    """Serves one request per connection, as a single-threaded server must."""

    def handle(self) -> None:
        self.connection.settimeout(self.server.endpoint.idle_seconds)
        with suppress(OSError, wire.MalformedError):
            self.exchange()


class HundredRequests(Handler):
    """Closes the connection without notice after 100 requests."""

    def handle(self) -> None:
        self.connection.settimeout(self.server.endpoint.idle_seconds)
        with suppress(OSError, wire.MalformedError):
            for _ in range(100):
                if not self.exchange():
                    return


class RefusingEarly(Handler):
    """Rejects a large body as soon as the head arrives, and closes the connection, like Go and
    Node."""

    LIMIT = 20 * 2**20

    def exchange(self) -> bool:
        begun = self.rfile.peek(1)  # type: ignore[attr-defined]
        length = re.search(rb"(?i)content-length: *(\d+)", begun)
        if length is None or int(length[1]) <= self.LIMIT:
            return super().exchange()
        answer = self.server.endpoint.failure(413, f"at most {self.LIMIT} bytes")
        self.connection.sendall(wire.render(replace(answer, close=True), wire.Request("POST", "")))
        return False


class Impatient(Handler):
    """Assumes that a body is complete when nothing has arrived for `PAUSE` seconds."""

    PAUSE = 0.05

    def stream(self) -> BufferedIOBase:
        return Hasty(self.connection, self.rfile, self.PAUSE)


class Decoding(Handler):
    """Decodes each piece of a body as it arrives."""

    def stream(self) -> BufferedIOBase:
        return Pieces(self.rfile)


@contextmanager
def sockets(
    endpoint: Endpoint,
    host: str,
    port: int,
    kind: type[Server] = Server,
    handler: type[Handler] = Handler,
) -> Iterator[str]:
    """Serves with `Server` and `Handler`, or with variants of them."""
    server = kind(endpoint, host, port, handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.close()
        thread.join(5)


SOFTWARE: dict[str, Callable[[Endpoint, str, int], AbstractContextManager[str]]] = {
    "sockets": sockets,
    "one-thread": partial(sockets, kind=OneThread, handler=OneRequest),
    "a-hundred-requests": partial(sockets, handler=HundredRequests),
    "refusing-early": partial(sockets, handler=RefusingEarly),
    "impatient": partial(sockets, handler=Impatient),
    "decoding": partial(sockets, handler=Decoding),
    "wsgiref": software.wsgiref,
    "waitress": software.waitress,
    "streams": software.streams,
}


@contextmanager
def serve(endpoint: Endpoint, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves `endpoint` from a thread and yields its URL; port 0 picks a free one."""
    with SOFTWARE[endpoint.software](endpoint, host, port) as url:
        endpoint.start()
        yield url
