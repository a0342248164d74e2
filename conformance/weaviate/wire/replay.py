"""Sends recorded requests to an endpoint, byte for byte but for what the endpoint's URL says.

Strategy: to stand in for Weaviate where there is none, a replayed request has to meet what its own
would meet. So the requests of one replay go over one connection, as Go's client would send them:
before each, the kept connection is looked at for `CLOSE_GRACE`, and a connection that was
closed with the response before is opened anew, which costs nothing. Once a request is written, a
connection that closes without a response is a failure: servers before 1.38.8 do not send it again.
One deadline bounds a response, however slowly its bytes come, and whatever the endpoint does is a
failure of the exchange; nothing is raised for it.
"""

import io
import json
import socket
import time
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from select import select
from typing import Any

from conformance.data import fixture_files
from conformance.data.timeouts import CLOSE_GRACE
from conformance.transport.exchange import Exchange, TooLarge, classify
from conformance.weaviate.wire.http1 import BadMessage, Message, read_request, read_response
from conformance.weaviate.wire.raw_response import response_to
from conformance.weaviate.wire.upstream import Upstream

FOLDER = "wire"


@dataclass(frozen=True)
class Recorded:
    """One request of a real Weaviate; `texts` and `images` count what it asks for."""

    name: str
    operation: str
    texts: int = 0
    images: int = 0

    @property
    def message(self) -> Message:
        """The request itself."""
        raw = fixture_files.path(f"{FOLDER}/{self.name}.http").read_bytes()
        message = read_request(io.BytesIO(raw))
        assert message is not None
        return message

    def asked(self) -> dict[str, list[str]]:
        """The texts, and the images in base64."""
        body: dict[str, list[str]] = json.loads(self.message.body)
        return {kind: body.get(kind, []) for kind in ("texts", "images")}


@cache
def recorded() -> dict[str, Recorded]:
    """Every recorded request by name."""
    return {
        row["name"]: Recorded(**row)
        for row in fixture_files.toml(f"{FOLDER}/index.toml")["request"]
    }


def server_version() -> str:
    """The server that the requests were recorded from."""
    return str(fixture_files.toml(f"{FOLDER}/index.toml")["server"])


class _Bytes(io.RawIOBase):
    """Reads from a connection until a point in time, however slowly the bytes come."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.deadline = 0.0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What has come; raises TimeoutError at the deadline."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
        return self.connection.recv_into(buffer)


class Replayer:
    """One connection to the endpoint, opened anew where the endpoint closes it."""

    def __init__(self, url: str, timeout: float) -> None:
        self.upstream = Upstream(url)
        self.timeout = timeout
        self.connection: socket.socket | None = None

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def send(self, request: Message) -> Exchange:
        """One exchange; never raises for what the endpoint does."""
        addressed = self._addressed(request)
        exchange = self._unanswered(addressed)
        start = time.perf_counter()
        try:
            response = self._exchange(addressed)
            exchange = response_to(exchange, response)
        except (OSError, BadMessage, zlib.error, TooLarge) as problem:
            exchange = replace(exchange, failure=classify(problem, self.timeout, reused=False))
        if exchange.failure or response.last:
            self.close()
        return replace(exchange, seconds=time.perf_counter() - start)

    def _exchange(self, request: Message) -> Message:
        self._drop_if_closed()
        response = self._sent(request)
        if response is None:
            raise BadMessage("the connection was closed without an answer")
        return response

    def _drop_if_closed(self) -> None:
        kept = self.connection
        if kept is not None and select([kept], [], [], CLOSE_GRACE)[0]:
            self.close()

    def _sent(self, request: Message) -> Message | None:
        if self.connection is None:
            self.connection = self.upstream.connect(self.timeout)
            self.bytes = _Bytes(self.connection)
            self.stream = io.BufferedReader(self.bytes)
        self.bytes.deadline = time.monotonic() + self.timeout
        self.connection.settimeout(self.timeout)
        try:
            self.connection.sendall(request.rendered())
            return read_response(self.stream)
        except ConnectionError:
            return None

    def _addressed(self, request: Message) -> Message:
        method, path, version = request.start.split(" ")
        start = f"{method} {self.upstream.parts.path}{path} {version}"
        return self.upstream.address(replace(request, start=start))

    def _unanswered(self, request: Message) -> Exchange:
        method, path, _ = request.start.split(" ")
        parts = self.upstream.parts
        url = f"{parts.scheme}://{parts.netloc}{path}"
        return Exchange(method, url, request.headers[1:], request.body)


def replay(url: str, timeout: float, names: Sequence[str]) -> list[Exchange]:
    """The named requests, one after the other over one connection."""
    with closing(Replayer(url, timeout)) as replayer:
        return [replayer.send(recorded()[name].message) for name in names]
