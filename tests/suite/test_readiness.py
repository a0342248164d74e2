"""Without a usable endpoint, a run ends early with one line and a distinct exit status."""

import socket
import time

import pytest

from tests.suite.conftest import MODEL, Command
from tests.suite.sockets import always, answer, answering, hangs_up, read, silent, talking

HTML = b"<!doctype html><title>Welcome to nginx!</title>"
SOON = (*MODEL, "--wait", "0.5", "--endpoint-timeout", "0.5")


def silent_after_ready(request: bytes) -> bytes:
    return answer(b"", status="204 No Content") if b"/ready" in request else b""


ENDS = {
    "closes": (hangs_up, "accepts connections but does not answer /.well-known/ready"),
    "never answers": (silent, "accepts connections but does not answer /.well-known/ready"),
    "ready and silent": (answering(silent_after_ready), "is not a multi2vec-clip endpoint"),
    "HTML": (always(answer(HTML, "Content-Type: text/html")), "is not a multi2vec-clip endpoint"),
    "500": (always(answer(b"{}", status="500 Oops")), "is not ready: /.well-known/ready returns"),
    "503": (always(answer(b"", status="503 Busy")), "is not ready: /.well-known/ready returns"),
    "404": (always(answer(b"", status="404 No")), "is not ready: /.well-known/ready returns"),
    "SSH": (always(b"SSH-2.0-OpenSSH_9.6\r\n"), "accepts connections but does not answer"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_dead_end_is_one_line(command: Command, name: str) -> None:
    talk, said = ENDS[name]
    with talking(talk) as url:
        done = command(url, *SOON)
    assert done.status == 4
    assert len(done.lines) == 1
    assert done.lines[0].startswith(f"ERROR: {url} {said}")


def test_a_dead_port_is_one_line(command: Command) -> None:
    with talking(hangs_up) as url:
        pass
    done = command(url, *SOON)
    assert done.status == 4
    assert len(done.lines) == 1
    assert done.lines[0].startswith(f"ERROR: nothing is listening at {url}")


def test_the_line_shows_no_password_and_nothing_of_the_endpoint_that_a_terminal_obeys(
    command: Command,
) -> None:
    raw = answer(b"", "Content-Type: a\x9b31mb", status="503 \x9b31m")
    with talking(always(raw)) as url:
        done = command(url.replace("//", "//user:secret@"), *SOON)
    assert done.status == 4
    assert "secret" not in done.out + done.err
    assert "\x9b" not in done.out + done.err


def late(connection: socket.socket, _number: int) -> None:
    start = time.monotonic()
    while read(connection):
        status = "503 Busy" if time.monotonic() - start < 0.2 else "204 No Content"
        connection.sendall(answer(b"", status=status))


def test_ready_is_waited_for(command: Command) -> None:
    with talking(late) as url:
        done = command(url, *SOON)
    assert "is not a multi2vec-clip endpoint" in done.err
