"""The application behind waitress: sockets and threads."""

import socket
from typing import Any

from waitress.server import create_server

from reference.admission import CALLERS
from reference.http_channel import Channel

PROBES = 16
"""Threads beyond those that vectorize requests can take, so that a probe always finds one."""

IDLE_SECONDS = 180
"""Go's client keeps idle connections for 90 s and resends into one that was closed earlier."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises OSError."""
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=1024)


def url(host: str, listener: socket.socket) -> str:
    """The address to call."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"


def build(app: Any, listener: socket.socket, max_body: int) -> Any:
    """A server for the WSGI application `app`.

    The body limit is the application's, in JSON; here four times as much is read before
    the answer, because a client that is still sending would only see its connection reset.
    """
    server = create_server(
        app,
        sockets=[listener],
        threads=CALLERS + PROBES,
        connection_limit=4 * CALLERS,
        asyncore_use_poll=True,  # select() ends at 1024 files
        channel_timeout=IDLE_SECONDS,
        max_request_body_size=4 * max_body,
        recv_bytes=2**18,
        channel_request_lookahead=1,  # or nobody notices that a client hangs up
        ident="reference",
    )
    server.channel_class = Channel
    return server
