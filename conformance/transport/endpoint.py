"""The endpoint under test, as the checks call it."""

import json
from collections.abc import Sequence

from conformance.transport.client import Client, Request
from conformance.transport.exchange import Exchange
from conformance.transport.items import Items

JSON = {"Content-Type": "application/json"}
READY = "/.well-known/ready"
LIVE = "/.well-known/live"
META = "/meta"
VECTORIZE = "/vectorize"


class Endpoint:
    """The four routes of one endpoint."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, timeout: float | None = None) -> Exchange:
        """GET `path`."""
        return self.client.send(Request("GET", path), timeout)

    def post(self, body: object, path: str = VECTORIZE) -> Exchange:
        """POST `body`: bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.send(Request("POST", path, raw, JSON))

    def vectorize(
        self,
        texts: Sequence[str] = (),
        images: Sequence[bytes] = (),
        timeout: float | None = None,
    ) -> Exchange:
        """POST /vectorize as Weaviate does."""
        request = Request("POST", VECTORIZE, Items(texts, images).body(), JSON)
        return self.client.send(request, timeout)

    def vectorize_at_once(self, requests: Sequence[Items]) -> list[Exchange]:
        """All the requests in parallel; answers in their order."""
        return self.client.send_all(self.requests(requests))

    def post_at_once(self, bodies: Sequence[object], path: str = VECTORIZE) -> list[Exchange]:
        """POST all bodies in parallel; answers in their order."""
        raw = [b if isinstance(b, bytes) else json.dumps(b).encode() for b in bodies]
        return self.client.send_all([Request("POST", path, body, JSON) for body in raw])

    def post_in_turn(self, bodies: Sequence[object], path: str = VECTORIZE) -> list[Exchange]:
        """POST all bodies one after another, with nothing in between; answers in their order."""
        raw = [b if isinstance(b, bytes) else json.dumps(b).encode() for b in bodies]
        return self.client.send_in_turn([Request("POST", path, body, JSON) for body in raw])

    def vectorize_in_turn(self, requests: Sequence[Items]) -> list[Exchange]:
        """All the requests one after another, with nothing in between."""
        return self.client.send_in_turn(self.requests(requests))

    def requests(self, items: Sequence[Items]) -> list[Request]:
        """The HTTP requests for `items`, one each."""
        return [Request("POST", VECTORIZE, each.body(), JSON) for each in items]
