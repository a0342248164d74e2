"""A Weaviate that runs, whoever started it, and a client for it."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from conformance.data.messages import UserError
from conformance.weaviate.server import grpc_health
from conformance.weaviate.wire.ports import LOOPBACK

if TYPE_CHECKING:
    from weaviate import WeaviateClient

DEFAULT_GRPC_PORT = 50051
KEY = "CLIP_WEAVIATE_API_KEY"
"""The environment variable with the API key of a server that the user runs."""
CALL_TIMEOUT = 60
"""Seconds for one call; Weaviate's own limit for the endpoint is 50."""
BATCH_RETRIES = "2"
"""How often the client sends a batch again while nothing speaks gRPC: 15 s in all. Its own default
comes to 34 minutes, which Ctrl-C does not end."""


class Unavailable(UserError):
    """No Weaviate can be had; the message is one line that says what to do."""


@dataclass(frozen=True)
class Server:
    """Where a Weaviate is reached; `ours` where the suite started it."""

    host: str
    port: int
    grpc_port: int
    secure: bool = False
    key: str | None = None
    ours: bool = False

    @property
    def url(self) -> str:
        """The address of its REST interface."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, as far as its address says."""
        return self.host in {LOOPBACK, "localhost", "::1"}

    def ready(self, timeout: float = 1) -> bool:
        """Whether it says that it is ready; one request."""
        try:
            answer = httpx.get(
                f"{self.url}/v1/.well-known/ready", timeout=timeout, trust_env=not self.local
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def connect(self) -> "WeaviateClient":
        """A connected client, to be closed; raises Unavailable where REST or gRPC does not work."""
        if self.grpc_port == self.port:
            raise Unavailable(
                f"{self.port} is the REST port of the Weaviate at {self.url}: --weaviate-grpc PORT "
                "says where it speaks gRPC"
            )
        try:
            client = self._client()
        except Exception as problem:
            reason = " ".join(str(problem).split())[:300]
            hint = "" if self.key or "API-key" not in reason else f"; {KEY} holds its API key"
            raise Unavailable(f"no Weaviate answers at {self.url}: {reason}{hint}") from problem
        try:
            self.check_grpc()
        except Unavailable:
            client.close()
            raise
        return client

    def check_grpc(self) -> None:
        """Raises Unavailable, within seconds, where nothing speaks gRPC."""
        try:
            grpc_health.check(self.host, self.grpc_port, self.secure)
        except grpc_health.NoGrpc as problem:
            raise Unavailable(
                f"the Weaviate at {self.url} answers, but not by gRPC at port {self.grpc_port} "
                f"({problem}): --weaviate-grpc PORT says where it does"
            ) from problem

    def _client(self) -> "WeaviateClient":
        # Read by the client when it is imported; imported here, since it takes a second.
        os.environ.setdefault("WEAVIATE_BATCH_MAX_RETRIES", BATCH_RETRIES)
        import weaviate
        from weaviate.auth import Auth
        from weaviate.config import AdditionalConfig, Timeout

        timeouts = Timeout(init=10, query=CALL_TIMEOUT, insert=CALL_TIMEOUT)
        return weaviate.connect_to_custom(
            http_host=self.host,
            http_port=self.port,
            http_secure=self.secure,
            grpc_host=self.host,
            grpc_port=self.grpc_port,
            grpc_secure=self.secure,
            auth_credentials=Auth.api_key(self.key) if self.key else None,
            additional_config=AdditionalConfig(timeout=timeouts),
            # The client would ask a package index for its own newest version.
            skip_init_checks=True,
        )


def at(url: str, grpc_port: int = DEFAULT_GRPC_PORT) -> Server:
    """The server that a user runs, its API key from `KEY`; raises Unavailable for a bad URL."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise Unavailable(
            f"no address of a Weaviate: {url!r}; one looks like http://localhost:8080"
        )
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    return Server(parts.hostname, port, grpc_port, secure, os.environ.get(KEY))
