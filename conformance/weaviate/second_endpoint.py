"""A second endpoint for the Weaviate server, with tiny, easily recognizable vectors."""

import json
from hashlib import blake2b

import numpy as np

from conformance.data.tolerances import Array
from conformance.transport.raw_http import LOOPBACK, Listener, Message, Wire

DIMENSION = 16


def vector(item: str) -> Array:
    """The vector of a text, or of a base64 image: (DIMENSION,)."""
    digest = blake2b(item.encode(), digest_size=DIMENSION).digest()
    scaled = np.frombuffer(digest, dtype=np.uint8) / 255 - 0.5
    return scaled.astype(np.float32)


class SecondEndpoint(Listener):
    """The routes that a collection with an `inferenceUrl` needs; use it through `running()`."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        super().__init__()

    @property
    def url(self) -> str:
        """The address that it listens on."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def talk(self, wire: Wire) -> None:
        """Answer every GET with an empty object, and every POST with vectors."""
        while (request := wire.request()) is not None:
            document = self._vectors(request) if request.body else {}
            body = json.dumps(document).encode()
            headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
            wire.write(Message("HTTP/1.1 200 OK", headers, body, body).rendered())

    def _vectors(self, request: Message) -> dict[str, list[list[float]]]:
        asked = json.loads(request.body)
        self.asked.append(asked)
        lists = {"textVectors": asked.get("texts", []), "imageVectors": asked.get("images", [])}
        return {name: [vector(item).tolist() for item in items] for name, items in lists.items()}
