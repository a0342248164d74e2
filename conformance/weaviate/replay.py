"""Replay recorded requests byte for byte, except for changes that the endpoint's URL requires.

A replayed request must meet the same conditions as Weaviate's own. Therefore, the requests of one
replay use one connection, as in Go's client. Before each request, the suite waits up to
`CLOSE_GRACE` for the endpoint to close that connection, and replaces it if necessary. If a
connection closes without a response after a request is written, that is a failure, since servers
before 1.38.8 do not send it again. A response has one deadline, no matter how slowly it arrives.
Any misbehavior of the endpoint becomes a failure of the exchange; nothing is raised for it.
"""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache

from conformance.data import fixture_files
from conformance.data.timeouts import CLOSE_GRACE
from conformance.transport.exchange import Exchange
from conformance.transport.raw_caller import RawCaller
from conformance.transport.raw_http import Message, Peer, parsed_request

FOLDER = "wire"


@dataclass(frozen=True)
class Recorded:
    """One request of a real Weaviate server; `texts` and `images` count the items in it."""

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
        self._url = url
        self._timeout = timeout
        self._caller: RawCaller | None = None

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._caller is not None:
            self._caller.stop()
            self._caller = None

    def send(self, request: Message) -> Exchange:
        """One exchange; never raises for anything that the endpoint does."""
        begun = time.perf_counter()
        caller, peer = self._connected(), Peer(self._url)
        method, path, version = request.start.split(" ")
        start = f"{method} {peer.parts.path}{path} {version}"
        addressed = peer.addressed(replace(request, start=start))
        caller.write(addressed.rendered())
        sent = Exchange(method, f"{self._url}{path}", addressed.headers[1:], request.body)
        exchange = caller.read(sent)
        if exchange.failure or exchange.announces_close:
            self.close()
        return replace(exchange, seconds=time.perf_counter() - begun)

    def _connected(self) -> RawCaller:
        # A keep-alive connection is readable once the endpoint has closed it.
        if self._caller is not None and self._caller.has_answer(CLOSE_GRACE):
            self.close()
        if self._caller is None:
            self._caller = RawCaller(self._url, self._timeout)
        return self._caller


def replay(url: str, timeout: float, names: Sequence[str]) -> list[Exchange]:
    """Send the named requests in sequence over one connection."""
    with closing(Replayer(url, timeout)) as replayer:
        return [replayer.send(recorded()[name].message) for name in names]
