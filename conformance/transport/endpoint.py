"""The endpoint's address and the functions that checks use to call its routes."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.transport.client import Client, Request
from conformance.transport.exchange import Exchange

JSON = {"Content-Type": "application/json"}
READY = "/.well-known/ready"
LIVE = "/.well-known/live"
META = "/meta"
VECTORIZE = "/vectorize"


@dataclass(frozen=True)
class Items:
    """The items of one request; images are file contents."""

    texts: Sequence[str] = ()
    images: Sequence[bytes] = ()

    def body(self) -> bytes:
        """The body as Weaviate writes it: an empty kind is left out, images are plain base64."""
        kinds = []
        if self.texts:
            kinds.append(b'"texts": ' + json.dumps(list(self.texts), ensure_ascii=False).encode())
        if self.images:
            # Base64 needs no escapes, and searching megabytes for them takes longer than encoding.
            encoded = b'", "'.join(map(base64.b64encode, self.images))
            kinds.append(b'"images": ["' + encoded + b'"]')
        return b"{" + b", ".join(kinds) + b"}"


class Endpoint:
    """The four routes of one endpoint."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, timeout: float | None = None) -> Exchange:
        """GET `path`."""
        return self.client.send(Request("GET", path), timeout)

    def post(self, body: object, path: str = VECTORIZE) -> Exchange:
        """POST `body`: bytes unchanged, anything else as JSON."""
        return self.client.send(_posted(body, path))

    def vectorize(
        self,
        texts: Sequence[str] = (),
        images: Sequence[bytes] = (),
        timeout: float | None = None,
    ) -> Exchange:
        """POST /vectorize as Weaviate does.

        Raises TooMuch if the endpoint is too slow for a request of this size.
        """
        return self.vectorize_at_once([Items(texts, images)], timeout)[0]

    def vectorize_at_once(
        self, requests: Sequence[Items], timeout: float | None = None
    ) -> list[Exchange]:
        """Send all requests in parallel; the answers are in order. Raises TooMuch.

        If they should have fit but timed out, the machine may have been busy, and they are sent
        again, unless `timeout` is given.
        """
        pace = self.client.pace
        pace.admit([(each.texts, each.images) for each in requests])
        exchanges = self.client.send_all(self.requests(requests), timeout)
        if timeout is None and pace.is_unexpected(exchanges):
            pace.admit([(each.texts, each.images) for each in requests])
            exchanges = self.client.send_all(self.requests(requests))
        return exchanges

    def post_at_once(self, bodies: Sequence[object]) -> list[Exchange]:
        """POST all bodies in parallel; the answers are in order."""
        return self.client.send_all(list(map(_posted, bodies)))

    def post_in_turn(self, bodies: Sequence[object]) -> list[Exchange]:
        """POST all bodies in sequence, with nothing in between; the answers are in order."""
        return self.client.send_in_turn(list(map(_posted, bodies)))

    def get_after(self, bodies: Sequence[object], path: str) -> Exchange:
        """GET `path` right after all bodies have been POSTed in sequence."""
        return self.client.send_in_turn([*map(_posted, bodies), Request("GET", path)])[-1]

    def vectorize_in_turn(self, requests: Sequence[Items]) -> list[Exchange]:
        """Send all requests in sequence, with nothing in between."""
        return self.client.send_in_turn(self.requests(requests))

    def requests(self, items: Sequence[Items]) -> list[Request]:
        """The HTTP requests for `items`, one for each."""
        return [_posted(each.body()) for each in items]


@contextmanager
def opened(url: str, timeout: float) -> Iterator[Endpoint]:
    """The endpoint at `url`, with `timeout` seconds for a request, until the block ends."""
    with closing(Client(url.removesuffix("/"), timeout)) as client:
        yield Endpoint(client)


def _posted(body: object, path: str = VECTORIZE) -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", path, raw, JSON)


@dataclass(frozen=True)
class Preflight:
    """The exchanges before the first check."""

    first: Exchange
    """The first POST /vectorize after the first ready response: one text."""
    meta: Exchange


@dataclass(frozen=True)
class Target:
    """A running endpoint."""

    url: str
    started_here: bool
    preflight: Preflight
    image: Mapping[str, Any] | None = None
    """The suite's own container as described by `containers.under_test`; None for others."""

    @property
    def says_stand_in(self) -> bool:
        """Whether /meta says that it serves a stand-in, as the reference's /meta does."""
        said = self.preflight.meta.json()
        return isinstance(said, dict) and said.get("weights") == "stand-in"
