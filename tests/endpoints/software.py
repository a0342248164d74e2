"""The fake endpoint on several HTTP servers: wsgiref, waitress, and asyncio."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tests.endpoints import wire
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.wire import Request

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def application(endpoint: Endpoint) -> Application:
    def respond(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = endpoint.answer(request_of(environ))
        headers = [*answer.headers.items(), *wire.content_length(answer.body).items()]
        start_response(f"{answer.status} Status", headers if answer.body else headers[:-1])
        return [answer.body]

    return respond


def request_of(environ: Environ) -> Request:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers=headers, body=body)


class Threading(ThreadingMixIn, WSGIServer):
    """wsgiref with one thread per request."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that have disconnected."""


class Quiet(WSGIRequestHandler):
    """wsgiref without its log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def wsgiref(endpoint: Endpoint, host: str, port: int) -> Iterator[str]:
    """Serves with the standard library's WSGI server: HTTP/1.0, one request per connection."""
    server = make_server(host, port, application(endpoint), Threading, Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def waitress(endpoint: Endpoint, host: str, port: int) -> Iterator[str]:
    # waitress is imported here, by name, since only one endpoint needs it and it has no type hints.
    server = import_module("waitress.server").create_server(
        application(endpoint), host=host, port=port, threads=8
    )

    def run() -> None:
        with suppress(OSError):  # waitress's sockets are closed while it is using them.
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)


ACCEPTING = 10
"""Number of iterations of asyncio's event loop; serving an accepted connection begins after
fewer."""


@contextmanager
def streams(endpoint: Endpoint, host: str, port: int) -> Iterator[str]:
    """Serves with asyncio streams: one thread for everything."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    connected = connection(endpoint)
    starting = asyncio.start_server(connected, host, port, limit=2**20)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(5)
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def stop(server: asyncio.Server) -> None:
    # asyncio leaks a connection that is accepted but not yet served when its server closes.
    for _ in range(ACCEPTING):
        await asyncio.sleep(0)
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def connection(endpoint: Endpoint) -> Callable[..., Any]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read(reader)) is not None:
                answer = endpoint.answer(request)
                writer.write(wire.render(answer, request))
                await writer.drain()
                if not wire.keeps_open(request, answer):
                    break
        except asyncio.CancelledError:
            writer.transport.abort()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return serve


async def read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None at the end of the connection."""
    first = await reader.readline()
    if not first.strip():
        return None
    lines = [first]
    while (line := await reader.readline()).strip():
        lines.append(line)
    request = wire.read_request(BytesIO(b"".join([*lines, b"\r\n"])))
    length = int(request.headers.get("content-length", 0)) if request else 0
    body = await reader.readexactly(length)
    return None if request is None else replace(request, body=body)
