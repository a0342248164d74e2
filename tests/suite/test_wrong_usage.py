"""Wrong usage is answered with what was meant, in a line or three, before anything is started."""

import json
import socket
from pathlib import Path

import pytest

from conformance.command import cli
from conformance.options import endpoint_url
from conformance.transport.readiness import OtherService, Unusable, known
from conformance.transport.reference_process import Reference
from tests.endpoints import registry
from tests.suite.conftest import MODEL, Command, FakeReference
from tests.suite.sockets import Talk, answer, read, talking

URL = "http://127.0.0.1:9"

MEANT = {
    "no scheme": (("localhost:8080", *MODEL), "did you mean http://localhost:8080?"),
    "a host alone": (("clip.example.com", *MODEL), "did you mean http://clip.example.com?"),
    "/vectorize": ((f"{URL}/vectorize", *MODEL), f"leave it out, as in {URL}"),
    "/vectorize/": ((f"{URL}/clip/vectorize/", *MODEL), f"leave it out, as in {URL}/clip"),
    "/meta": ((f"{URL}/meta", *MODEL), "the URL ends in /meta"),
    "ready": ((f"{URL}/.well-known/ready", *MODEL), "the URL ends in /.well-known/ready"),
    "a hub's name": ((URL, "--model", "openai/clip-vit-base-patch16"), "mean openai-clip-vit-base"),
    "an image's name": ((URL, "--model", f"x/y:{registry.PUBLISHED[:-1]}"), registry.PUBLISHED),
    "a clause": ((URL, *MODEL, "--clause", "VEC01"), "did you mean VEC-01?"),
    "a group": ((URL, *MODEL, "--group", "image"), "did you mean images?"),
    "a command": (("modles",), "there is no command modles; did you mean models?"),
    "no endpoint": (MODEL, "no endpoint: give its URL"),
    "an empty URL": (("", *MODEL), "'' is no URL of an endpoint"),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_was_meant_is_said_in_a_line(command: Command, name: str) -> None:
    arguments, said = MEANT[name]
    done = command(*arguments)
    assert (done.status, len(done.lines)) == (4, 1)
    assert said in done.lines[0]


def test_the_nearest_model_comes_first(command: Command) -> None:
    line = command(URL, "--model", "siglip2-512").lines[0]
    assert "known: google-siglip2-so400m-patch16-512, " in line


def test_a_password_is_not_repeated() -> None:
    assert "secret" not in endpoint_url.problem("http://me:secret@host/vectorize")


def test_no_argument_is_a_welcome_and_starts_nothing(
    fake_reference: FakeReference, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("PYTHONPATH", fake_reference.environment["PYTHONPATH"])
    done = command()
    assert (done.status, len(done.lines)) == (4, 3)
    assert "clip-conformance http://localhost:8080 --model TAG" in done.err
    assert fake_reference.started() == 0


def test_a_variable_may_name_the_endpoint(
    command: Command, plain_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIP_CONFORMANCE_URL", plain_url)
    monkeypatch.setenv("CLIP_CONFORMANCE_GROUP", "meta")
    done = command(*MODEL)
    assert done.status == 0
    assert "verdict: partial" in done.out


def test_a_bad_variable_is_one_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIP_CONFORMANCE_MODL", "x")
    done = command(URL, *MODEL)
    assert (done.status, len(done.lines)) == (4, 1)


def talks_like(service: OtherService) -> Talk:
    """A server that answers the service's own path as it does, and 404 otherwise."""
    body = (service.text or json.dumps(dict.fromkeys(service.keys, "x"))).encode()

    def talk(connection: socket.socket, _number: int) -> None:
        while request := read(connection):
            own = request.split(b" ", 2)[1].decode() == service.path
            connection.sendall(answer(body) if own else answer(b"{}", status="404 Not Found"))

    return talk


@pytest.mark.parametrize("service", known(), ids=lambda service: f"{service.name} {service.path}")
def test_another_service_is_named(command: Command, service: OtherService) -> None:
    with talking(talks_like(service)) as url:
        done = command(url, *MODEL)
    said = f"ERROR: {url} is no multi2vec-clip endpoint but {service.name}: {service.hint}"
    assert (done.status, done.lines) == (4, [said])


def test_a_reference_without_its_libraries_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "reference"
    program.mkdir()
    (program / "__main__.py").write_text("import no_such_library\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unusable, match=r"pip install '\.\[reference\]'"):
        Reference("any", "stand-in")


def test_collecting_needs_no_endpoint(command: Command) -> None:
    assert command("--collect-only", "-q", "--group", "MET").status == 0


def test_every_subcommand_is_in_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert [name for name in cli.SUBCOMMANDS if f"  clip-conformance {name}" not in shown] == []
