"""Servers that misbehave below the HTTP layer, each defined by a function that handles sockets."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count

Talk = Callable[[socket.socket, int], None]
"""Called with a connection and its number, from 1; the connection is closed when it returns."""


@contextmanager
def talking(talk: Talk) -> Iterator[str]:
    """The URL of a server that calls `talk` for every connection."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=_accept, args=(listener, talk), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        # This wakes a waiting accept call, which closing the socket alone does not.
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, talk: Talk) -> None:
    with suppress(OSError):
        for number in count(1):
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, talk, number), daemon=True).start()


def _serve(connection: socket.socket, talk: Talk, number: int) -> None:
    with suppress(OSError), connection:
        connection.settimeout(10)
        talk(connection, number)


def read(connection: socket.socket) -> bytes:
    """One complete request: its head and the body that Content-Length announces."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = connection.recv(65536)
        if not more:
            return raw
        raw += more
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
    while len(body) < int(fields.get(b"content-length", 0)):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


NOT_FOUND = answer(status="404 Not Found")


def answering(reply: Callable[[bytes], bytes]) -> Talk:
    """Answers every request of a connection with the function's result."""

    def talk(connection: socket.socket, _number: int) -> None:
        while request := read(connection):
            raw = reply(request)
            connection.sendall(raw)
            if b"Connection: close" in raw:
                return

    return talk


def always(raw: bytes) -> Talk:
    """Answers every request of a connection with `raw`."""
    return answering(lambda _request: raw)


def routes(answers: Mapping[str, bytes | Callable[[bytes], bytes]]) -> Talk:
    """Answers by path, with a response or a function of the request; other paths with 404."""

    def reply(request: bytes) -> bytes:
        found = answers.get(request.split(b" ", 2)[1].decode(), NOT_FOUND)
        return found(request) if callable(found) else found

    return answering(reply)


def keep(seen: list[bytes]) -> Talk:
    """Puts the request into `seen`, answers it, and closes the connection."""

    def talk(connection: socket.socket, _number: int) -> None:
        seen.append(read(connection))
        connection.sendall(answer())

    return talk


def hangs_up(_connection: socket.socket, _number: int) -> None:
    """Closes every connection at once, as Docker does if nothing listens in the container."""


def silent(connection: socket.socket, _number: int) -> None:
    """Reads requests and never answers."""
    while read(connection):
        pass


def once(raw: bytes) -> Talk:
    """Answers one request with `raw` and closes the connection."""

    def talk(connection: socket.socket, _number: int) -> None:
        read(connection)
        connection.sendall(raw)

    return talk
