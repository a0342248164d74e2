"""Endpoints that require a header, or whose certificate was issued by a private CA."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endpoints import registry
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.server import Server, sockets
from tests.endpoints.wire import Answer, Request
from tests.suite.conftest import MODEL, Command, Serve

TOKEN = "opensesame"
HEADER = ("--header", f"X-Gate: {TOKEN}")


class Gated(Endpoint):
    """Serves only clients that send the header."""

    def route(self, request: Request) -> Answer:
        if request.headers.get("x-gate") != TOKEN:
            raise Refused(401, "who are you?")
        return super().route(request)


@pytest.fixture
def gated(served: Serve) -> str:
    return served(Gated(registry.encoder(registry.MULTILINGUAL)))


def test_every_request_of_a_run_has_the_header(
    gated: str, command: Command, tmp_path: Path
) -> None:
    clauses = [f"--clause={each}" for each in ("VEC-01", "VEC-22", "WIR-04", "OPS-08", "ERR-01")]
    done = command(gated, *MODEL, *HEADER, *clauses, "--report", tmp_path)
    assert done.status == 0, done.out
    assert TOKEN not in done.out + (tmp_path / "report.json").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["findings"] == []


def test_every_command_sends_the_header(gated: str, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "recorded.json"
    for words in (
        ("record", gated, "-o", file),
        ("compare", file, gated),
        ("doctor", gated),
        ("bench", gated, "--seconds", "0.2", "--callers", "1", "--kinds", "text"),
    ):
        assert command(*words, *HEADER).status == 0, words
    assert command("record", gated, "-o", file, "--wait", "0.1").status == 4


@pytest.mark.parametrize("header", ["no colon", "a b: c", "X-Gate:", "X: a\r\nY: b"])
def test_what_is_no_header_is_refused(command: Command, header: str) -> None:
    done = command("http://127.0.0.1:1", *MODEL, "--header", header)
    assert (done.status, done.lines[0].startswith("ERROR: --header takes NAME:VALUE")) == (4, True)


class Secured(Server):
    """A server behind TLS; the test sets `certificate`."""

    certificate: Path

    def server_activate(self) -> None:
        super().server_activate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The URL of an endpoint whose certificate is in the file."""
    file = tmp_path / "own.pem"
    made: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]
    made += ["-nodes", "-keyout", file, "-out", tmp_path / "ca.pem", "-subj", "/CN=own"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run(made, check=True, capture_output=True)
    file.write_text(file.read_text() + (tmp_path / "ca.pem").read_text())
    kind = type("Secured", (Secured,), {"certificate": file})
    with sockets(registry.find("plain").build(), "127.0.0.1", 0, kind) as url:
        yield url.replace("http:", "https:"), tmp_path / "ca.pem"


def test_an_own_authority_is_trusted(secured: tuple[str, Path], command: Command) -> None:
    url, file = secured
    clauses = ("--clause=VEC-01", "--clause=OPS-08")
    assert command(url, *MODEL, *clauses, "--wait=1").status == 4
    assert command(url, *MODEL, *clauses, "--ca-file", file).status == 0
    missing = command(url, *MODEL, "--ca-file", "no.pem")
    assert missing.lines[0] == "ERROR: --ca-file no.pem: No such file or directory"
