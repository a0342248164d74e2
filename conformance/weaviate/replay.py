"""Replay recorded requests byte for byte, adapted only to the endpoint's URL.

A replayed request must meet the same conditions as Weaviate's own. So the requests of one replay
use one connection, like Go's client. Before each request, the kept connection is checked for
`CLOSE_GRACE`; if it was closed with the last response, a new one is opened, at no cost. If a
connection closes without a response after a request is written, that is a failure, since servers
before 1.38.8 do not send it again. One deadline limits a response, however slowly its bytes arrive.
Any misbehavior of the endpoint becomes a failure of the exchange; nothing is raised for it.
"""

import json
import time
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache

import h11

from conformance.data import fixture_files
from conformance.data.timeouts import CLOSE_GRACE
from conformance.transport.exchange import CLOSED, Exchange, TooLarge, classify
from conformance.transport.raw_http import Message, Peer, Wire, parsed_request

FOLDER = "wire"


@dataclass(frozen=True)
class Recorded:
    """One request of a real Weaviate; `texts` and `images` count the items in it."""

    name: str
    operation: str
    texts: int = 0
    images: int = 0

    @property
    def message(self) -> Message:
        """The request itself."""
        return parsed_request(fixture_files.path(f"{FOLDER}/{self.name}.http").read_bytes())

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


class Replayer:
    """One connection to the endpoint, reopened if the endpoint closes it."""

    def __init__(self, url: str, timeout: float) -> None:
        self._peer = Peer(url)
        self._timeout = timeout
        self._wire: Wire | None = None

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def send(self, request: Message) -> Exchange:
        """One exchange; never raises for anything that the endpoint does."""
        method, path, version = request.start.split(" ")
        parts = self._peer.parts
        start = f"{method} {parts.path}{path} {version}"
        addressed = self._peer.addressed(replace(request, start=start))
        url = f"{parts.scheme}://{parts.netloc}{parts.path}{path}"
        exchange = Exchange(method, url, addressed.headers[1:], request.body)
        begun = time.perf_counter()
        exchange = self._exchanged(exchange, addressed)
        return replace(exchange, seconds=time.perf_counter() - begun)

    def _exchanged(self, exchange: Exchange, request: Message) -> Exchange:
        try:
            response = self._response(request)
            exchange = response.answers(exchange) if response else replace(exchange, failure=CLOSED)
        except (OSError, h11.ProtocolError, zlib.error, TooLarge) as problem:
            response = None
            exchange = replace(exchange, failure=classify(problem, self._timeout, reused=False))
        if response is None or response.last:
            self.close()
        return exchange

    def _response(self, request: Message) -> Message | None:
        # A connection is readable once the endpoint has closed it.
        if self._wire is not None and self._wire.has_news(CLOSE_GRACE):
            self.close()
        if self._wire is None:
            self._wire = Wire(self._peer.connect(self._timeout))
        self._wire.set_deadline(self._timeout)
        try:
            self._wire.write(request.rendered())
            return self._wire.response(request.start.split(" ")[0])
        except ConnectionError:
            return None


def replay(url: str, timeout: float, names: Sequence[str]) -> list[Exchange]:
    """Send the named requests in sequence over one connection."""
    with closing(Replayer(url, timeout)) as replayer:
        return [replayer.send(recorded()[name].message) for name in names]
