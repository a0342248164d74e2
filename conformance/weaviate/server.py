"""A running Weaviate server: its address, and a client once gRPC is available."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from conformance.data.messages import UserError, one_line
from conformance.transport.raw_http import LOOPBACK

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
GRPC_TIMEOUT = 5.0
"""Seconds to find out whether anything speaks gRPC; weaviate-client itself takes minutes."""
GRPC_METHOD = "/grpc.health.v1.Health/Check"


class Unavailable(UserError):
    """No Weaviate can be had; the message is one line that says what to do."""


class NoGrpc(Exception):
    """Nothing that speaks gRPC; the message is the reason in a few words."""


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
        """A connected client, to be closed; raises Unavailable if REST or gRPC does not work."""
        if self.grpc_port == self.port:
            raise Unavailable(
                f"{self.port} is the REST port of the Weaviate at {self.url}: --weaviate-grpc PORT "
                "says where it speaks gRPC"
            )
        try:
            client = self._client()
        except Exception as problem:
            reason = one_line(" ".join(str(problem).split()))
            hint = "" if self.key or "API-key" not in reason else f"; {KEY} holds its API key"
            raise Unavailable(
                f"Weaviate does not respond at {self.url}: {reason}{hint}"
            ) from problem
        try:
            self.check_grpc()
        except Unavailable:
            client.close()
            raise
        return client

    def check_grpc(self) -> None:
        """Raises Unavailable, within seconds, where nothing speaks gRPC."""
        try:
            check_grpc(self.host, self.grpc_port, self.secure)
        except NoGrpc as problem:
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


def server_at(url: str, grpc_port: int = DEFAULT_GRPC_PORT) -> Server:
    """The server that a user runs, its API key from `KEY`; raises Unavailable for a bad URL."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise Unavailable(
            f"{url!r} is not a Weaviate address; expected one like http://localhost:8080"
        )
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    return Server(parts.hostname, port, grpc_port, secure, os.environ.get(KEY))


def check_grpc(host: str, port: int, secure: bool, timeout: float = GRPC_TIMEOUT) -> None:
    """One call of gRPC's own health check; raises NoGrpc unless it is answered."""
    # Imported here: only runs with a Weaviate pay for it.
    import grpc

    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    credentials = grpc.ssl_channel_credentials() if secure else None
    channel = (
        grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
    )
    with channel:
        try:
            # An empty request asks for the server as a whole; its bytes are none.
            channel.unary_unary(GRPC_METHOD)(b"", timeout=timeout)
        except grpc.RpcError as problem:
            if problem.code() is grpc.StatusCode.UNIMPLEMENTED:
                return  # it speaks gRPC, and that is all that is asked
            raise NoGrpc(_reason(problem)) from problem


def _reason(problem: object) -> str:
    details = getattr(problem, "details", lambda: None)() or str(problem)
    return one_line(" ".join(details.split()), 150)
