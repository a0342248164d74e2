"""The endpoint under test, as the checks call it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from conformance import expect
from conformance.expect import Vectors
from conformance.transport.client import Client, Request
from conformance.transport.exchange import Exchange

JSON = {"Content-Type": "application/json"}
READY = "/.well-known/ready"
LIVE = "/.well-known/live"
META = "/meta"
VECTORIZE = "/vectorize"


@dataclass(frozen=True)
class Items:
    """What one request asks vectors for; images are files' bytes."""

    texts: Sequence[str] = ()
    images: Sequence[bytes] = ()

    def body(self) -> bytes:
        """The request body as Weaviate writes it: an empty kind is absent, images bare base64."""
        document: dict[str, list[str]] = {}
        if self.texts:
            document["texts"] = list(self.texts)
        if self.images:
            document["images"] = [base64.b64encode(image).decode() for image in self.images]
        return json.dumps(document, ensure_ascii=False).encode()


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

    def vectorize(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Exchange:
        """POST /vectorize as Weaviate does."""
        return self.post(Items(texts, images).body())

    def vectors(self, texts: Sequence[str] = (), images: Sequence[bytes] = ()) -> Vectors:
        """POST /vectorize, which must succeed with a row for each item."""
        return expect.vectors(self.vectorize(texts, images), len(texts), len(images))

    def vectorize_at_once(self, requests: Sequence[Items]) -> list[Exchange]:
        """All the requests in parallel; answers in their order."""
        return self.client.send_all(self.requests(requests))

    def requests(self, items: Sequence[Items]) -> list[Request]:
        """The HTTP requests for `items`, one each."""
        return [Request("POST", VECTORIZE, each.body(), JSON) for each in items]
