"""Read HTTP/1.1 messages with h11 and keep their exact bytes.

httpx hides details that a proxy has to pass on unchanged, and cannot stop in the middle of a
request. Here, a `Wire` is a connection. Each `Message` from it keeps its framing, so that it can be
forwarded byte for byte. A `Peer` is an endpoint's address, and a `Listener` is a server for such
connections.
"""

import re
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from select import select
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import h11

from conformance.options import endpoint_url
from conformance.transport.exchange import MAX_RESPONSE, Exchange, TooLarge, without_gzip

LOOPBACK = "127.0.0.1"
PIECE = 2**16
MAX_HEAD = 2**16
LENGTHS = re.compile(rb"(?im)^content-length:[ \t]*([^\r\n]*,[^\r\n]*)")
"""A list of lengths in one header, which Go's net/http rejects, but h11 reads if all are equal."""
MAX_INTERIM = 5
"""More interim responses than any server sends; Go's net/http has a limit too."""


@dataclass(frozen=True)
class Message:
    """One request or response: its first line, its headers in order, and its body as framed."""

    start: str
    headers: tuple[tuple[str, str], ...]
    framed: bytes
    body: bytes
    """The body without chunk sizes."""
    closes: bool = False
    """Whether the end of the connection is the end of the body."""

    def header(self, name: str) -> str:
        """The last header of that name, ignoring case; empty if there is none."""
        return {key.lower(): value for key, value in self.headers}.get(name, "")

    @property
    def status(self) -> int:
        """The status of a response."""
        return int(self.start.split(" ")[1])

    @property
    def last(self) -> bool:
        """Whether the connection ends after this message."""
        wish = self.header("connection").lower()
        old = "HTTP/1.0" in self.start.split(" ") and "keep-alive" not in wish
        return self.closes or old or "close" in wish

    def rendered(self) -> bytes:
        """The bytes to send."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + self.framed

    def answers(self, request: Exchange) -> Exchange:
        """The exchange with this response; raises zlib.error and TooLarge for bad gzip."""
        version = self.start.split(" ")[0]
        headers = {name.lower(): value for name, value in self.headers}
        body = without_gzip(self.body, headers)
        return replace(request, status=self.status, version=version, headers=headers, body=body)


class Wire:
    """One connection for reading messages and writing bytes, with a deadline.

    Reading and writing raise OSError, or TimeoutError at the deadline. Invalid or truncated HTTP
    raises h11.RemoteProtocolError, and more than `most` bytes raise TooLarge.
    """

    def __init__(self, connection: socket.socket, most: int = MAX_RESPONSE) -> None:
        self.most = most
        self._socket = connection
        self.left = b""
        """Bytes after the last message that was read."""
        self.set_deadline(None)

    def set_deadline(self, seconds: float | None) -> None:
        """Set a time limit in seconds for everything from now on; None means no limit."""
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def close(self, reset: bool = False) -> None:
        """Close the connection normally, or with a reset, as after a killed program."""
        if reset:
            linger = struct.pack("ii", 1, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._socket.close()

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._bound()
        self._socket.sendall(data)

    def has_news(self, seconds: float) -> bool:
        """Whether data arrives, or the connection ends, within `seconds`."""
        return bool(self.left) or bool(select([self._socket], [], [], seconds)[0])

    def request(self) -> Message | None:
        """The next request; None if the connection ends before it."""
        return self._message(h11.Connection(h11.SERVER, MAX_HEAD))

    def response(self, method: str) -> Message | None:
        """The next final response, to a request of that method; None if the connection ends.

        Interim responses (100 Continue, 103 Early Hints) are skipped, as in Go's net/http.
        """
        state = h11.Connection(h11.CLIENT, MAX_HEAD)
        # h11 needs to know the request's method; the bytes that it would send are dropped.
        state.send(h11.Request(method=method, target="/", headers=[("Host", "-")]))
        state.send(h11.EndOfMessage())
        return self._message(state)

    def _message(self, state: h11.Connection) -> Message | None:
        raw, self.left = self.left or self._receive(), b""
        if not raw:
            return None
        read = _Read(state, raw, self.most)
        while not read.whole:
            data = self._receive()
            if not data and not read.begun:
                raise h11.RemoteProtocolError("the connection closed in the middle of the headers")
            read.add(data)
        self.left = read.after
        return read.message()

    def _receive(self) -> bytes:
        self._bound()
        return self._socket.recv(PIECE)

    def _bound(self) -> None:
        left = None if self._deadline is None else self._deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def parsed_request(raw: bytes) -> Message:
    """The single complete request in these bytes; raises h11.RemoteProtocolError."""
    return _Read(h11.Connection(h11.SERVER, MAX_HEAD), raw, MAX_RESPONSE).message()


class _Read:
    """A message being received: h11's view of it, and its bytes."""

    def __init__(self, state: h11.Connection, raw: bytes, most: int) -> None:
        self._state = state
        self._raw = bytearray()
        self._most = most
        self._head = b""
        self._start: h11.Request | h11.Response | None = None
        self._body = bytearray()
        self._interim = 0
        self._closed = False
        self.whole = False
        self.after = b""
        """Bytes after the message."""
        self.add(raw)

    @property
    def begun(self) -> bool:
        """Whether its head is complete."""
        return self._start is not None

    def add(self, data: bytes) -> None:
        """Add received data; no data means that the connection has ended."""
        self._closed = not data
        self._raw += data
        self._state.receive_data(data)
        self._take()

    def message(self) -> Message:
        """The message; raises h11.RemoteProtocolError if it is incomplete."""
        if self._start is None or not self.whole:
            raise h11.RemoteProtocolError("the message is incomplete")
        lines = self._head.splitlines()
        pairs = self._start.headers.raw_items()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
        start = lines[0].decode("latin-1")
        return Message(start, headers, bytes(self._raw), bytes(self._body), self._closed)

    def _take(self) -> None:
        """Process all events that h11 finds in the data so far."""
        while not self.whole and (event := self._state.next_event()) is not h11.NEED_DATA:
            self._take_one(event)
        if self._interim > MAX_INTERIM:
            raise h11.RemoteProtocolError(f"more than {MAX_INTERIM} interim responses")
        if len(self._raw) > self._most:
            raise TooLarge

    def _take_one(self, event: object) -> None:
        if isinstance(event, h11.Data):
            self._body += event.data
        elif isinstance(event, h11.EndOfMessage):
            self.whole, self.after = True, self._state.trailing_data[0]
            del self._raw[len(self._raw) - len(self.after) :]
        elif isinstance(event, h11.InformationalResponse):
            self._cut_head()
            self._interim += 1
        elif isinstance(event, h11.Request | h11.Response):
            self._start = event
            self._head = self._cut_head()
            lists = LENGTHS.search(self._head) if isinstance(event, h11.Response) else None
            if lists is not None:
                raise h11.RemoteProtocolError(f"bad Content-Length {lists[1].decode('latin-1')!r}")

    def _cut_head(self) -> bytes:
        """The head that h11 has just parsed, removed from the message's bytes."""
        size = len(self._raw) - len(self._state.trailing_data[0])
        head = bytes(self._raw[:size])
        del self._raw[:size]
        return head


def connect_with_tls(
    context: ssl.SSLContext, host: str, port: int, timeout: float
) -> ssl.SSLSocket:
    """A new connection after the handshake, to the first address that accepts it; raises OSError.

    The socket is wrapped before it is connected: in Python 3.11, `wrap_socket` does not close a
    connected socket that the peer has just reset.
    """
    refused = OSError(f"{host} has no address")
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = context.wrap_socket(socket.socket(family), server_hostname=host)
        try:
            connection.settimeout(timeout)
            connection.connect(address)
        except OSError as problem:
            connection.close()
            if isinstance(problem, ssl.SSLError):
                raise
            refused = problem
        else:
            return connection
    raise refused


class Peer:
    """An endpoint's address, and how to connect to it."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.secure = self.parts.scheme == "https"
        self.host = self.parts.netloc.rpartition("@")[2]
        """Host and port as in the Host header."""
        self.authorization = endpoint_url.basic_authorization(self.parts)
        self.headers = endpoint_url.headers_of(url)
        """Headers required by a gateway in front of it."""

    @property
    def origin(self) -> str:
        """The endpoint's scheme, host, and port, with credentials if there are any."""
        return f"{self.parts.scheme}://{self.parts.netloc}"

    def connect(self, timeout: float) -> socket.socket:
        """A new connection; raises OSError."""
        host, port = self.parts.hostname or "", self.parts.port or (443 if self.secure else 80)
        if self.secure:
            context = endpoint_url.certificates(self.origin)
            connection: socket.socket = connect_with_tls(context, host, port, timeout)
        else:
            connection = socket.create_connection((host, port), timeout=timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def addressed(self, request: Message) -> Message:
        """The request with this endpoint's Host and credentials, and otherwise unchanged."""
        headers = [
            (name, self.host if name.lower() == "host" else value)
            for name, value in request.headers
        ]
        if self.authorization and not request.header("authorization"):
            headers.append(("Authorization", self.authorization))
        headers += self.headers
        return replace(request, headers=tuple(headers))


class Listener(socketserver.ThreadingTCPServer):
    """Listens on a free port; `talk` handles each connection in its own thread."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str = LOOPBACK) -> None:
        self._open: set[socket.socket] = set()
        super().__init__((host, 0), _Connection)

    def talk(self, wire: Wire) -> None:
        """Handle one connection until it returns or a connection error ends it."""
        raise NotImplementedError

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve until the end of the block, which also closes every connection."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            for connection in list(self._open):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            thread.join(5)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that it is closed with the server."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)


class _Connection(socketserver.BaseRequestHandler):
    server: Listener
    most: ClassVar[int] = 256 * 2**20
    """Maximum size of a request: a batch of images may be larger than any response."""

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, h11.ProtocolError, TooLarge):
            self.server.talk(Wire(self.request, most=self.most))
