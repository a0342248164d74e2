"""Fixtures for the suite's tests: endpoints, and the command, both in-process and as a program."""

import os
import signal
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.command import cli
from conformance.transport.client import Client
from tests.endpoints import registry
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve

COMMAND = str(Path(sysconfig.get_path("scripts")) / "clip-conformance")
MODEL = ("--model", registry.MULTILINGUAL, "--weights", "stand-in", "--weaviate", "off")


@dataclass(frozen=True)
class Done:
    """A finished run of the command."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return [line for line in (self.out + self.err).splitlines() if line.strip()]

    @property
    def text(self) -> str:
        """The output on one line."""
        return " ".join(self.out.split())


Serve = Callable[[Endpoint], str]
Command = Callable[..., Done]


@pytest.fixture
def served() -> Iterator[Serve]:
    """Call it with an endpoint to serve it until the test's end; returns the URL."""
    with ExitStack() as stack:
        yield lambda endpoint: stack.enter_context(serve(endpoint))


@pytest.fixture(scope="session")
def plain_url() -> Iterator[str]:
    with serve(registry.find("plain").build()) as url:
        yield url


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """Call it with a URL (and a timeout in seconds) for a client that is closed at the end."""
    with ExitStack() as stack:

        def client(url: str, timeout: float = 5.0) -> Client:
            return stack.enter_context(closing(Client(url, timeout)))

        yield client


@pytest.fixture
def command(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Command]:
    """Runs the command in this process, which saves a second of imports each time."""
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", "restored afterward")
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str | Path) -> Done:
        status = cli.main([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return Done(status, said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def program(tmp_path: Path) -> Command:
    """Runs the installed command like a user, in an empty directory."""

    def run(*arguments: str | Path, cwd: Path = tmp_path) -> Done:
        words = [COMMAND, *map(str, arguments)]
        done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=600)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@dataclass(frozen=True)
class FakeReference:
    """A directory whose program `reference` is a fake that starts at once."""

    folder: Path
    environment: dict[str, str]

    def pids(self) -> list[int]:
        """The IDs of the processes that were started here."""
        return [int(path.stem) for path in self.folder.glob("*.pid")]

    def started(self) -> int:
        return len(self.pids())

    def all_gone(self) -> bool:
        return not any(alive(pid) for pid in self.pids())


@pytest.fixture
def fake_reference(tmp_path: Path) -> FakeReference:
    """A fake that replaces the project's reference for programs that run in its directory."""
    program = tmp_path / "reference"
    program.mkdir()
    (program / "__init__.py").touch()
    (program / "__main__.py").write_text("from tests.suite.fake_reference import main\nmain()\n")
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(tmp_path), str(root)])
    return FakeReference(tmp_path, {**os.environ, "PYTHONPATH": path})


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def files(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` with its content."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
