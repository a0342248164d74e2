"""Sends recorded requests to an endpoint, byte for byte but for what the endpoint's URL says."""

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
from conformance.transport.exchange import Exchange
from conformance.transport.failures import classify
from conformance.transport.gzip_body import TooLarge, inflate
from conformance.weaviate.wire.http1 import BadMessage, Message, read_answer, read_request
from conformance.weaviate.wire.upstream import Upstream

FOLDER = "wire"
NOTICED = 0.02
"""Seconds in which the end of a connection that was closed with the answer before arrives."""


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
        shown = self._shown(addressed)
        start = time.perf_counter()
        try:
            answer = self._exchange(addressed)
            shown = _answered(shown, answer)
        except (OSError, BadMessage, zlib.error, TooLarge) as problem:
            shown = replace(shown, failure=classify(problem, self.timeout, reused=False))
        if shown.failure or answer.last:
            self.close()
        return replace(shown, seconds=time.perf_counter() - start)

    def _exchange(self, request: Message) -> Message:
        # Go notices when a kept connection is closed meanwhile, and opens another one. What was
        # already written when the connection was closed it does not send again.
        if self.connection is not None and select([self.connection], [], [], NOTICED)[0]:
            self.close()
        answer = self._sent(request)
        if answer is None:
            raise BadMessage("the connection was closed without an answer")
        return answer

    def _sent(self, request: Message) -> Message | None:
        if self.connection is None:
            self.connection = self.upstream.connect(self.timeout)
            self.bytes = _Bytes(self.connection)
            self.stream = io.BufferedReader(self.bytes)
        self.bytes.deadline = time.monotonic() + self.timeout
        self.connection.settimeout(self.timeout)
        try:
            self.connection.sendall(request.rendered())
            return read_answer(self.stream)
        except ConnectionError:
            return None

    def _addressed(self, request: Message) -> Message:
        method, path, version = request.start.split(" ")
        start = f"{method} {self.upstream.parts.path}{path} {version}"
        return self.upstream.address(replace(request, start=start))

    def _shown(self, request: Message) -> Exchange:
        method, path, _ = request.start.split(" ")
        parts = self.upstream.parts
        url = f"{parts.scheme}://{parts.netloc}{path}"
        return Exchange(method, url, request.headers[1:], request.body)


def _answered(shown: Exchange, answer: Message) -> Exchange:
    gzipped = answer.header("content-encoding").lower() == "gzip"
    return replace(
        shown,
        status=int(answer.start.split(" ")[1]),
        headers={name.lower(): value for name, value in answer.headers},
        body=inflate(answer.body) if gzipped else answer.body,
    )


def replay(url: str, timeout: float, names: Sequence[str]) -> list[Exchange]:
    """The named requests, one after the other over one connection."""
    with closing(Replayer(url, timeout)) as replayer:
        return [replayer.send(recorded()[name].message) for name in names]
