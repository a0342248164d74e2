"""Where an endpoint is, and how a request of Weaviate's is addressed to it."""

import socket
import ssl
from base64 import b64encode
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from conformance.weaviate.wire.http1 import Message

RESPONSE_TIMEOUT = 60
"""Seconds for one response; Weaviate itself gives up after 50."""


class Upstream:
    """Where the endpoint is, and how to reach it."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.secure = self.parts.scheme == "https"

    @property
    def origin(self) -> str:
        """Its scheme, host and port, with its credentials if any."""
        return f"{self.parts.scheme}://{self.parts.netloc}"

    def connect(self, timeout: float = RESPONSE_TIMEOUT) -> socket.socket:
        """A new connection; raises OSError."""
        port = self.parts.port or (443 if self.secure else 80)
        plain = socket.create_connection((self.parts.hostname or "", port), timeout=timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.secure:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.parts.hostname)

    def address(self, request: Message) -> Message:
        """The request with this endpoint's Host, and all else as it came."""
        host = self.parts.netloc.rpartition("@")[2]
        headers = [
            (name, host if name.lower() == "host" else value) for name, value in request.headers
        ]
        if self.parts.username is not None and not request.header("authorization"):
            headers.append(("Authorization", f"Basic {self._credentials()}"))
        return replace(request, headers=tuple(headers))

    def _credentials(self) -> str:
        pair = f"{unquote(self.parts.username or '')}:{unquote(self.parts.password or '')}"
        return b64encode(pair.encode()).decode()
