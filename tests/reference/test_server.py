"""The server: connections, large bodies, and probes while the model is busy."""

import http.client
import json
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import torch

from conformance.data.models import Model
from reference import http_server
from reference.admission import REQUESTS
from reference.app import create_app
from reference.encoders import Encoder
from reference.inputs import Inputs
from reference.settings import MIB, Settings
from tests.reference.conftest import HTTP, MeanColor, loaded


class Held(MeanColor):
    """Blocks on the text "stuck" until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        stuck = self.text_inputs("stuck")["row"]
        if (inputs["row"] == stuck).all(dim=1).any():
            self.release.wait(30)
        return super().text_vectors(inputs)


@contextmanager
def serving(encoder: Encoder, host: str = "127.0.0.1") -> Iterator[str]:
    """The address of a server of `encoder`, in a thread."""
    settings = Settings(model=Model(tag="busy"), max_body=32 * MIB)
    listener = http_server.listen(host, 0)
    running = http_server.build(create_app(loaded(encoder), settings), listener, settings.max_body)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        yield http_server.url(host, listener)
    finally:
        running.trigger.pull_trigger(running.close)  # This wakes the server's thread.
        thread.join(5)


@contextmanager
def waiting(address: str, count: int) -> Iterator[list[socket.socket]]:
    """Open `count` connections and send the text "stuck" on each."""
    body = b'{"texts": ["stuck"]}'
    head = f"POST /vectorize HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with ExitStack() as opened:
        connections = [
            opened.enter_context(socket.create_connection(server_address(address)))
            for _ in range(count)
        ]
        for connection in connections:
            connection.sendall(head.encode() + body)
        yield connections


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(MeanColor()) as address:
        yield address


@pytest.mark.parametrize("path", ["/.well-known/live", "/.well-known/ready", "/meta"])
def test_a_connection_is_kept(url: str, path: str) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    connection.connect()
    kept = connection.sock
    for _ in range(3):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.headers.get("Connection") is None
        assert connection.sock is kept
    connection.close()


def test_a_connection_is_closed_for_who_asks(url: str) -> None:
    answer = HTTP.get(f"{url}/.well-known/ready", headers={"Connection": "close"})
    assert (answer.status_code, answer.headers["Connection"]) == (204, "close")


def test_idle_connections_outlast_those_of_go() -> None:
    assert http_server.IDLE_SECONDS > 90


def test_a_body_of_16_mib_passes(url: str) -> None:
    body = {"texts": ["a" * (16 * MIB)]}
    answer = HTTP.post(f"{url}/vectorize", json=body, timeout=30)
    assert answer.json()["textVectors"] == [[16 * MIB, 97, 97]]


@pytest.mark.parametrize("size", [33 * MIB, 40 * MIB])
def test_an_oversized_body_is_read_and_refused_in_json(url: str, size: int) -> None:
    with httpx.Client(timeout=30) as client:
        answer = client.post(f"{url}/vectorize", content=b" " * size)
        assert answer.status_code == 413
        assert "the limit is" in answer.json()["error"]
        assert client.get(f"{url}/.well-known/ready").status_code == 204


def test_a_body_beyond_every_limit_is_refused_in_json(url: str) -> None:
    with socket.create_connection(server_address(url)) as connection:
        head = f"POST /vectorize HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n"
        connection.sendall(head.encode())
        status, body = answer_on(connection)
    assert status == 413
    assert "error" in json.loads(body)


def test_malformed_http_is_answered_in_json(url: str) -> None:
    with socket.create_connection(server_address(url)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
        status, body = answer_on(connection)
    assert status == 400
    assert "error" in json.loads(body)


def test_a_chunked_body_is_read(url: str) -> None:
    answer = HTTP.post(f"{url}/vectorize", content=iter([b'{"texts"', b': ["a"]}']))
    assert answer.json()["textVectors"] == [[1, 97, 97]]


def test_two_slashes_are_served(url: str) -> None:
    with socket.create_connection(server_address(url)) as connection:
        connection.sendall(b"POST //vectorize HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")
        status, body = answer_on(connection)
    assert (status, json.loads(body)["textVectors"]) == (200, [])


def test_probes_are_answered_while_callers_wait_for_the_model() -> None:
    # The encoder blocks instead of computing, since the response time of a probe under load depends
    # on the machine; the suite's PRB-04 tests that.
    encoder = Held()
    with serving(encoder) as address, waiting(address, 60) as callers:
        for path in ("ready", "live") * 10:
            assert HTTP.get(f"{address}/.well-known/{path}", timeout=20).status_code == 204
        assert not answered(callers)
        encoder.release.set()
        assert {answer_on(caller)[0] for caller in callers} == {200}


def test_a_probe_has_a_thread_left_when_more_callers_come_than_are_held() -> None:
    encoder = Held()
    with serving(encoder) as address, waiting(address, REQUESTS + 20) as callers:
        # The requests beyond the limit are rejected once the others are blocked and every thread is
        # in use.
        refused = answered(callers, 20)
        assert HTTP.get(f"{address}/.well-known/ready", timeout=20).status_code == 204
        assert refused == answered(callers, 20)  # The other requests were still blocked.
        encoder.release.set()
        statuses = [answer_on(caller)[0] for caller in callers]
    assert (statuses.count(200), statuses.count(503)) == (REQUESTS, 20)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "0.0.0.0"])
def test_every_kind_of_host_is_served_where_the_line_says(host: str) -> None:
    with serving(MeanColor(), host) as address:
        assert HTTP.get(f"{address}/.well-known/live").status_code == 204


def server_address(url: str) -> tuple[str, int]:
    name, _, port = url.removeprefix("http://").rpartition(":")
    return name, int(port)


def answered(connections: list[socket.socket], count: int = 0) -> set[int]:
    """The indices of connections with a waiting response, once there are `count` of them."""
    with selectors.DefaultSelector() as selector:
        for place, connection in enumerate(connections):
            selector.register(connection, selectors.EVENT_READ, place)
        until = time.monotonic() + 30
        while True:
            places = {key.data for key, _ in selector.select(0.1)}
            if len(places) >= count or time.monotonic() > until:
                return places


def answer_on(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of the next answer on a connection."""
    connection.settimeout(30)
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()
