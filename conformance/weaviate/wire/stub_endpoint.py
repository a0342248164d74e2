"""A second endpoint, so that a server has two: tiny vectors that nobody else would give."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from conformance.data.tolerances import Array
from conformance.weaviate.wire.ports import LOOPBACK

DIMENSION = 16


def vector(item: str) -> Array:
    """The vector of a text, or of an image in base64: (DIMENSION,)."""
    digest = blake2b(item.encode(), digest_size=DIMENSION).digest()
    scaled = np.frombuffer(digest, dtype=np.uint8) / 255 - 0.5
    return scaled.astype(np.float32)


class StubEndpoint(ThreadingHTTPServer):
    """The routes that a collection with an `inferenceUrl` needs."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        super().__init__((LOOPBACK, 0), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: StubEndpoint
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Ready, and a meta without anything in it."""
        self._answer({})

    def do_POST(self) -> None:
        """Vectors for whatever was sent."""
        length = int(self.headers.get("Content-Length", 0))
        asked = json.loads(self.rfile.read(length))
        self.server.asked.append(asked)
        texts, images = asked.get("texts", []), asked.get("images", [])
        self._answer({"textVectors": _rows(texts), "imageVectors": _rows(images)})

    def _answer(self, document: dict[str, list[list[float]]]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to tell."""


def _rows(items: list[str]) -> list[list[float]]:
    return [vector(item).tolist() for item in items]


@contextmanager
def serving() -> Iterator[StubEndpoint]:
    """The second endpoint, until the end of the block."""
    server = StubEndpoint()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
