"""A caller that writes its own bytes: in pieces, unfinished, or in a way that is seldom seen.

What httpx cannot do on purpose: stop in the middle of a request, hang up, send a body in chunks or
byte by byte. Responses are read with h11, bounded in time and size like all others.
"""

import socket
import ssl
import struct
import time
import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import h11

from conformance.transport.exchange import (
    MAX_RESPONSE,
    Exchange,
    Failure,
    FailureKind,
    TooLarge,
    classify,
    without_gzip,
)

PIECE = 2**16


class RawCaller:
    """One connection to the endpoint; nothing is raised for what the endpoint does."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self.timeout = timeout
        self.exchanges: list[Exchange] = []
        """What was read so far."""
        self._parts = urlsplit(url)
        self._state = h11.Connection(h11.CLIENT)
        self._deadline = time.monotonic() + timeout
        self._failure: Failure | None = None
        self._socket = self._connected()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()

    def head(
        self, method: str, path: str, headers: Mapping[str, str], version: str = "1.1"
    ) -> bytes:
        """A request's head, with the endpoint's own Host and credentials."""
        own = {"Host": self._parts.netloc.rpartition("@")[2], **self._credentials()}
        lines = [f"{method} {self._parts.path}{path} HTTP/{version}"]
        lines += [f"{name}: {value}" for name, value in {**own, **headers}.items()]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"

    def write(self, data: bytes) -> None:
        """Send bytes; an endpoint that has hung up may have answered, so this is no failure."""
        if self._socket is None:
            return
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(data)
        except TimeoutError:
            self._failure = Failure(FailureKind.TIMED_OUT, "the request was not read in time")
        except OSError:
            pass

    def read(self, sent: Exchange) -> Exchange:
        """The response to what was written, into the exchange that shows the request."""
        start = time.perf_counter()
        if self._failure is None:
            sent = self._answered(sent)
        sent = replace(sent, failure=sent.failure or self._failure)
        self.exchanges.append(replace(sent, seconds=time.perf_counter() - start))
        return self.exchanges[-1]

    def has_answer(self, seconds: float) -> bool:
        """Whether something comes within so many seconds."""
        if self._socket is None:
            return False
        self._socket.settimeout(seconds)
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def hang_up(self, reset: bool = False) -> None:
        """Close the connection, with a reset as a killed program's system does, or in order."""
        if self._socket is None:
            return
        if reset:
            linger = struct.pack("ii", 1, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._socket.close()
        self._socket = None

    def _connected(self) -> socket.socket | None:
        secure = self._parts.scheme == "https"
        host, port = self._parts.hostname or "", self._parts.port or (443 if secure else 80)
        try:
            plain = socket.create_connection((host, port), self.timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not secure:
                return plain
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError as problem:
            self._failure = Failure(FailureKind.NO_CONNECTION, f"no connection: {problem}")
            return None

    def _credentials(self) -> dict[str, str]:
        if self._parts.username is None:
            return {}
        pair = f"{unquote(self._parts.username)}:{unquote(self._parts.password or '')}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.001)

    def _answered(self, sent: Exchange) -> Exchange:
        if self._state.our_state is h11.DONE and self._state.their_state is h11.DONE:
            self._state.start_next_cycle()
        self._deadline = time.monotonic() + self.timeout
        try:
            # h11 is told of a request of that method, and what it would send is left out.
            self._state.send(h11.Request(method=sent.method, target="/", headers=[("Host", "-")]))
            self._state.send(h11.EndOfMessage())
            return self._received(sent)
        except TimeoutError:
            words = f"no whole answer within {self.timeout:g} s"
            return replace(sent, failure=Failure(FailureKind.TIMED_OUT, words))
        except (TooLarge, zlib.error) as problem:
            return replace(sent, failure=classify(problem, self.timeout, reused=False))
        except (OSError, h11.ProtocolError) as problem:
            words = f"no whole answer: {problem or type(problem).__name__}"
            return replace(sent, failure=Failure(FailureKind.INCOMPLETE, words))

    def _received(self, sent: Exchange) -> Exchange:
        body = bytearray()
        while not isinstance(event := self._event(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in event.headers}
                sent = replace(sent, status=event.status_code, headers=headers)
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("the connection was closed without an answer")
            if len(body) > MAX_RESPONSE:
                raise TooLarge
        # Also where the caller accepts none, which VEC-22 is about.
        return replace(sent, body=without_gzip(bytes(body), sent.headers))

    def _event(self) -> object:
        while (event := self._state.next_event()) is h11.NEED_DATA:
            assert self._socket is not None
            self._socket.settimeout(self._left())
            self._state.receive_data(self._socket.recv(PIECE))
        return event
