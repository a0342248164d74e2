"""An endpoint in pure Python, with faults that can be enabled through environment variables.

DIE: it exits at once with this status. HANG: it is never ready. PAGE: it answers every path with an
HTML page. STUBBORN: it ignores SIGTERM. EARLY: it is ready before it can vectorize. WRITES: it
writes a file at this path first. RANDOM: its vectors are different after each start. ENDS: it exits
after this number of requests.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SALT = str(random.random()) if "RANDOM" in os.environ else ""
STARTED = time.monotonic()
LEFT = iter(range(int(os.environ.get("ENDS", sys.maxsize))))
LOADING = 1.0


class Handler(BaseHTTPRequestHandler):
    """The four routes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        loaded = time.monotonic() - STARTED > LOADING
        if "PAGE" in os.environ:
            self.answer(200, b"<html>", "text/html")
        elif self.path == "/meta":
            self.answer(200, b"{}")
        elif "HANG" in os.environ or not (loaded or "EARLY" in os.environ):
            self.answer(503, b'{"error": "loading"}')
        else:
            self.send_response(204)
            self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "PAGE" in os.environ:
            self.answer(200, b"<html>", "text/html")
            return
        if "EARLY" in os.environ and time.monotonic() - STARTED < LOADING:
            self.answer(500, b'{"error": "no model yet"}')
            return
        if next(LEFT, None) is None:
            os._exit(1)
        asked = json.loads(body)
        rows = {
            kind: [vector(item) for item in asked.get(kind, [])] for kind in ("texts", "images")
        }
        document = {"textVectors": rows["texts"], "imageVectors": rows["images"]}
        self.answer(200, json.dumps(document).encode())

    def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """A quiet server, since its log is compared with its own output."""

    def handle_error(self, *_: Any) -> None:
        """Ignore clients that have disconnected."""


def vector(item: str) -> list[float]:
    return [byte / 255 for byte in hashlib.sha256((SALT + item).encode()).digest()[:4]]


def main() -> None:
    print("fake encoder: starting")
    if "DIE" in os.environ:
        # Docker reads stdout and stderr separately, so lines written at the same time have no
        # order.
        time.sleep(0.2)
        print("fake encoder: no model here", file=sys.stderr)
        sys.exit(int(os.environ["DIE"]))
    if "WRITES" in os.environ:
        with open(os.environ["WRITES"], "w") as file:
            file.write("cache")
    stubborn = "STUBBORN" in os.environ
    signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else lambda *_: os._exit(0))
    Server(("", 8080), Handler).serve_forever()


if __name__ == "__main__":
    main()
