"""A Weaviate that runs, whoever started it, and a client for it."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import weaviate
from weaviate.auth import Auth
from weaviate.config import AdditionalConfig, Timeout

from conformance.weaviate.server.ports import LOOPBACK

DEFAULT_GRPC_PORT = 50051
KEY = "CLIP_WEAVIATE_API_KEY"
"""The environment variable with the API key of a server that the user runs."""
ANSWER_LIMIT = 60
"""Seconds for one call; Weaviate's own limit for the endpoint is 50."""


class Unavailable(RuntimeError):
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

    def connect(self) -> weaviate.WeaviateClient:
        """A connected client, to be closed; raises Unavailable."""
        try:
            return weaviate.connect_to_custom(
                http_host=self.host,
                http_port=self.port,
                http_secure=self.secure,
                grpc_host=self.host,
                grpc_port=self.grpc_port,
                grpc_secure=self.secure,
                auth_credentials=Auth.api_key(self.key) if self.key else None,
                additional_config=AdditionalConfig(
                    timeout=Timeout(init=10, query=ANSWER_LIMIT, insert=ANSWER_LIMIT)
                ),
                # The client would ask a package index for its own newest version.
                skip_init_checks=True,
            )
        except Exception as problem:
            reason = " ".join(str(problem).split())[:300]
            hint = "" if self.key or "API-key" not in reason else f"; {KEY} holds its API key"
            raise Unavailable(f"no Weaviate answers at {self.url}: {reason}{hint}") from problem


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
