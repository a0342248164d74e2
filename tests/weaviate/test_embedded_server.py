"""An embedded server starts, and it stops with its parent; a fake program replaces Weaviate."""

import os
import signal
import socket
import sys

import httpx
import pytest

from conformance.transport.child_process import ChildProcess, wait_until
from conformance.weaviate import embedded_server
from conformance.weaviate.server import Unavailable
from tests.weaviate.conftest import leftovers

pytestmark = pytest.mark.usefixtures("own_temporary_folder")
HANG = 120.0
"""Seconds after which a program has hung."""
HOLDER = """
import sys, time
from conformance.weaviate import server_selection
from conformance.weaviate import embedded_server
with embedded_server.run("http://127.0.0.1:1") as server:
    print(server.port, flush=True)
    time.sleep(60)
"""


def closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_server_is_there_and_then_gone(fake_program: str) -> None:
    with embedded_server.run("http://127.0.0.1:1", fake_program) as server:
        assert httpx.get(f"{server.url}/v1/.well-known/ready").status_code == 200
        assert [(path / "data" / "objects.db").exists() for path in leftovers()] == [True]
    assert closed(server.port)
    assert leftovers() == []


def test_a_failure_inside_leaves_nothing_behind(fake_program: str) -> None:
    with pytest.raises(KeyError), embedded_server.run("http://127.0.0.1:1", fake_program) as server:
        raise KeyError
    assert closed(server.port)
    assert leftovers() == []


@pytest.mark.usefixtures("fake_program")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_leaves_nothing_behind(end: signal.Signals) -> None:
    with ChildProcess([sys.executable, "-c", HOLDER]) as holder:
        port = int(holder.next_line(HANG) or 0)
        os.kill(holder.pid, end)
        assert holder.wait(HANG)
        # The supervisor runs in a session of its own, which nothing stops here.
        assert wait_until(lambda: closed(port) and leftovers() == [], HANG)


def test_a_server_that_ends_by_itself_says_why(fake_program: str) -> None:
    with pytest.raises(Unavailable, match="exited unexpectedly: cannot start no module"):
        _enter("http://refuse", fake_program)
    assert leftovers() == []


@pytest.mark.usefixtures("empty_cache")
def test_without_program_and_network_one_line_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"^Weaviate 1\.39\.0 is not available: .*refused.*$"):
        _enter("http://127.0.0.1:1", "1.39.0")
    assert leftovers() == []


def _enter(endpoint: str, version: str) -> None:
    with embedded_server.run(endpoint, version):
        pass
