"""Run waitress with the sockets, threads, and error responses that the contract requires."""

import json
import socket
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

from reference.admission import REQUESTS

PROBES = 16
"""Threads beyond those that vectorize requests can occupy, so that a probe always finds one."""

IN_MEMORY = 2**20
"""Size in bytes above which a body is received into a file; most photographs are smaller."""

IDLE_SECONDS = 180
"""Go's client keeps idle connections for 90 s, and must resend if one was closed earlier."""


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


def build(app: Any, listener: socket.socket, max_body: int, requests: int = REQUESTS) -> Any:
    """A server for the WSGI application `app`; its method `run` serves forever.

    It has threads for `requests` simultaneous requests, and some more for probes.

    The body limit is the application's, which answers in JSON. Here, four times as much is read
    before the response, since a client that is still sending may not see a response at all.
    """
    server = create_server(
        app,
        sockets=[listener],
        threads=requests + PROBES,
        connection_limit=4 * REQUESTS,
        asyncore_use_poll=True,  # select() is limited to 1024 files.
        channel_timeout=IDLE_SECONDS,
        max_request_body_size=4 * max_body,
        recv_bytes=2**18,
        inbuf_overflow=IN_MEMORY,
        channel_request_lookahead=1,  # Otherwise a disconnected client is not noticed.
        ident="reference",
    )
    server.channel_class = Channel
    return server


def is_busy(server: Any) -> bool:
    """Whether a request is being received or answered on any connection."""
    return any(
        channel.requests or channel.request or channel.total_outbufs_len
        for channel in list(server.active_channels.values())
    )


class KeepAliveTask(WSGITask):  # type: ignore[misc]
    """Keeps connections open after a 204, since waitress closes after it for lack of a length."""

    def set_close_on_finish(self) -> None:
        """Close the connection, unless this is only because an empty response has no length."""
        asked = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asked or self.version != "1.1":
            super().set_close_on_finish()


class JsonErrorTask(ErrorTask):  # type: ignore[misc]
    """Handles requests that never reach the application: malformed HTTP, oversized bodies."""

    def execute(self) -> None:
        """Answer with the contract's error object and close."""
        error = self.request.error
        body = json.dumps({"error": f"{error.reason}: {error.body}"}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    task_class = KeepAliveTask
    error_task_class = JsonErrorTask
