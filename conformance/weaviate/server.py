"""A running Weaviate server: its address and, once gRPC is available, a client for it."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import httpx

from conformance.data.messages import UserError, one_line
from conformance.options import endpoint_url
from conformance.transport.raw_http import LOOPBACK

if TYPE_CHECKING:
    from weaviate import WeaviateClient

DEFAULT_GRPC_PORT = 50051
KEY = "CLIP_WEAVIATE_API_KEY"
"""The environment variable with the API key of a server that the user runs."""
CALL_TIMEOUT = 60
"""Seconds for one call; Weaviate's own limit for the endpoint is 50."""
BATCH_RETRIES = "2"
"""How often the client retries a batch if no gRPC server responds: 15 s in total. The client's own
default amounts to 34 minutes, which Ctrl-C does not interrupt."""
GRPC_TIMEOUT = 5.0
"""Seconds to find out whether a gRPC server responds; weaviate-client itself takes minutes."""
GRPC_METHOD = "/grpc.health.v1.Health/Check"


class Unavailable(UserError):
    """No Weaviate server is available; the message is one line that says what to do."""


class NoGrpc(Exception):
    """No gRPC server responds; the message is the reason in a few words."""


@dataclass(frozen=True)
class Server:
    """The address of a Weaviate server; `ours` means that the suite started it."""

    host: str
    port: int
    grpc_port: int
    secure: bool = False
    key: str | None = None
    ours: bool = False
    grpc_host: str = ""
    """The host of its gRPC interface, if it differs from `host`, as in Kubernetes."""

    @property
    def url(self) -> str:
        """The address of its REST API."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether the server's address is on this machine."""
        return self.host in {LOOPBACK, "localhost", "::1"}

    def ready(self, timeout: float = 1) -> bool:
        """Whether the server reports that it is ready; sends one request."""
        try:
            answer = httpx.get(
                f"{self.url}/v1/.well-known/ready",
                timeout=timeout,
                trust_env=not self.local,
                verify=self.secure,  # Reading the certificate authorities takes 20 ms.
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def connect(self) -> "WeaviateClient":
        """A connected client, which must be closed; raises Unavailable if REST or gRPC fails."""
        if self.grpc_port == self.port and not self.grpc_host:
            raise Unavailable(
                f"{self.port} is the REST port of the Weaviate server at {self.url}: "
                "--weaviate-grpc PORT specifies its gRPC port"
            )
        try:
            client = self._client()
        except Exception as problem:
            reason = one_line(" ".join(str(problem).split()).removesuffix(" Details: ."))
            reason = reason.removeprefix("Could not connect to Weaviate:")
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
        """Raises Unavailable within seconds if no gRPC server responds."""
        try:
            check_grpc(self.grpc_host or self.host, self.grpc_port, self.secure)
        except NoGrpc as problem:
            port, host = self.grpc_port, self.grpc_host
            where = f"at {host}:{port}" if host else f"on port {port}"
            raise Unavailable(
                f"the Weaviate server at {self.url} answers, but not over gRPC "
                f"{where} ({problem}): --weaviate-grpc [HOST:]PORT specifies another one"
            ) from problem

    def _client(self) -> "WeaviateClient":
        # The client reads this when it is imported, which takes a second, so it is imported here.
        os.environ.setdefault("WEAVIATE_BATCH_MAX_RETRIES", BATCH_RETRIES)
        import weaviate
        from weaviate.auth import Auth
        from weaviate.config import AdditionalConfig, Timeout

        timeouts = Timeout(init=10, query=CALL_TIMEOUT, insert=CALL_TIMEOUT)
        return weaviate.connect_to_custom(
            http_host=self.host,
            http_port=self.port,
            http_secure=self.secure,
            grpc_host=self.grpc_host or self.host,
            grpc_port=self.grpc_port,
            grpc_secure=self.secure,
            auth_credentials=Auth.api_key(self.key) if self.key else None,
            additional_config=AdditionalConfig(timeout=timeouts),
            # Otherwise the client would query a package index for its own newest version.
            skip_init_checks=True,
        )


def server_at(url: str, grpc: str | None = None) -> Server:
    """The user's own server, with its API key from `KEY`; raises Unavailable for a bad address.

    `grpc` is the ``[HOST:]PORT`` of its gRPC interface, if it is not `DEFAULT_GRPC_PORT` at `url`.
    """
    grpc = grpc or str(DEFAULT_GRPC_PORT)
    rest, over_grpc = _address(url), _address(grpc if ":" in grpc else f"{LOOPBACK}:{grpc}")
    if rest is None:
        raise Unavailable(
            f"{url!r} is not a Weaviate address; expected one like http://localhost:8080"
        )
    if over_grpc is None or not over_grpc.port:
        raise Unavailable(f"{grpc!r} is not a port or HOST:PORT, as for --weaviate-grpc")
    secure = rest.scheme == "https"
    return Server(
        rest.hostname or "",
        rest.port or (443 if secure else 80),
        over_grpc.port,
        secure,
        os.environ.get(KEY),
        grpc_host=over_grpc.hostname or "" if ":" in grpc else "",
    )


def _address(text: str) -> SplitResult | None:
    """The parts of a server's URL, which may lack the scheme; None if it is not one."""
    url = endpoint_url.with_scheme(text)
    parts = urlsplit(url) if endpoint_url.usable(url) else None
    return None if parts is None or parts.path.strip("/") else parts


def check_grpc(host: str, port: int, secure: bool) -> None:
    """Call gRPC's own health check once; raises NoGrpc unless there is an answer."""
    # Imported here, since only runs with a Weaviate server need it.
    import grpc

    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    credentials = grpc.ssl_channel_credentials() if secure else None
    channel = (
        grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
    )
    with channel:
        try:
            # An empty message asks about the whole server; it has no bytes.
            channel.unary_unary(GRPC_METHOD)(b"", timeout=GRPC_TIMEOUT)
        except grpc.RpcError as problem:
            if problem.code() is grpc.StatusCode.UNIMPLEMENTED:
                return  # Any gRPC answer suffices.
            raise NoGrpc(_reason(problem)) from problem


def _reason(problem: object) -> str:
    details = getattr(problem, "details", lambda: None)() or str(problem)
    return one_line(" ".join(details.split()), 150)
