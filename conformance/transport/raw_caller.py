"""A client that sends raw bytes: in pieces, as incomplete requests, or as unusual but valid HTTP.

The client can do what httpx does not support: stop in the middle of a request, disconnect, or send
a body in chunks or byte by byte. Responses are limited in time and size like all others.
"""

import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import h11

from conformance.transport.child_process import Stopped
from conformance.transport.exchange import (
    CLOSED,
    Exchange,
    Failure,
    FailureKind,
    TooLarge,
    classify,
)
from conformance.transport.raw_http import Peer, Wire


class RawCaller(Stopped):
    """One connection to the endpoint; nothing that the endpoint does raises an exception."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self.timeout = timeout
        self.exchanges: list[Exchange] = []
        """The exchanges read so far."""
        self._peer = Peer(url)
        self._failure: Failure | None = None
        self._wire: Wire | None = None
        try:
            self._wire = Wire(self._peer.connect(timeout))
        except OSError as problem:
            self._failure = Failure(FailureKind.NO_CONNECTION, f"no connection: {problem}")

    def stop(self) -> None:
        """Close the connection."""
        self.hang_up()

    def head(self, method: str, path: str, headers: Mapping[str, str]) -> bytes:
        """A request's head, with the endpoint's own Host and credentials."""
        own = {"Host": self._peer.host}
        if self._peer.authorization:
            own["Authorization"] = self._peer.authorization
        own.update(self._peer.headers)
        lines = [f"{method} {self._peer.parts.path}{path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in {**own, **headers}.items()]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"

    def write(self, data: bytes) -> None:
        """Send bytes; a closed connection is not a failure yet, since there may be a response."""
        if self._wire is None:
            return
        self._wire.set_deadline(self.timeout)
        try:
            self._wire.write(data)
        except TimeoutError:
            self._failure = Failure(FailureKind.TIMED_OUT, "the request was not read in time")
        except OSError:
            pass

    def read(self, sent: Exchange) -> Exchange:
        """Read the response into the exchange that represents the request."""
        start = time.perf_counter()
        if self._failure is not None:
            sent = replace(sent, failure=self._failure)
        else:
            sent = self._answered(sent)
        self.exchanges.append(replace(sent, seconds=time.perf_counter() - start))
        return self.exchanges[-1]

    def has_answer(self, seconds: float) -> bool:
        """Whether data arrives, or the connection ends, within `seconds`."""
        return self._wire is not None and self._wire.has_news(seconds)

    def hang_up(self, reset: bool = False) -> None:
        """Close the connection normally, or with a reset, as after a killed program."""
        if self._wire is not None:
            with suppress(OSError):
                self._wire.close(reset)
            self._wire = None

    def _answered(self, sent: Exchange) -> Exchange:
        assert self._wire is not None
        self._wire.set_deadline(self.timeout)
        try:
            response = self._wire.response(sent.method)
            return response.answers(sent) if response else replace(sent, failure=CLOSED)
        except (OSError, h11.ProtocolError, TooLarge, zlib.error) as problem:
            return replace(sent, failure=classify(problem, self.timeout, reused=False))
