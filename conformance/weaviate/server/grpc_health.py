"""Does anything speak gRPC at a port? Asked within seconds, where weaviate-client takes minutes."""

TIMEOUT = 5.0
"""Seconds for the connection and the call together."""
METHOD = "/grpc.health.v1.Health/Check"


class NoGrpc(RuntimeError):
    """Nothing that speaks gRPC; the message is the reason in a few words."""


def check(host: str, port: int, secure: bool, timeout: float = TIMEOUT) -> None:
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
            channel.unary_unary(METHOD)(b"", timeout=timeout)
        except grpc.RpcError as problem:
            if problem.code() is grpc.StatusCode.UNIMPLEMENTED:
                return  # it speaks gRPC, and that is all that is asked
            raise NoGrpc(_reason(problem)) from problem


def _reason(problem: object) -> str:
    details = getattr(problem, "details", lambda: None)() or str(problem)
    return " ".join(details.split())[:150]
