"""What the tests of the core share: endpoints to call, and the command, here and as a program."""

import json
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.endpoint.client import Client
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
        """All that it said, without blank lines."""
        return [line for line in (self.out + self.err).splitlines() if line.strip()]


Serve = Callable[[Endpoint], str]
Command = Callable[..., Done]


@pytest.fixture
def served() -> Iterator[Serve]:
    """Call it with an endpoint to serve it until the test's end; returns the URL."""
    with ExitStack() as stack:
        yield lambda endpoint: stack.enter_context(serve(endpoint))


@pytest.fixture(scope="session")
def plain_url() -> Iterator[str]:
    """A conformant endpoint over a fake encoder."""
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
    """Runs the command in this process, which spares a second of imports each time."""
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str | Path) -> Done:
        status = cli.main([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return Done(status, said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def program(tmp_path: Path) -> Command:
    """Runs the installed command as people do, in an empty folder."""

    def run(*arguments: str | Path, cwd: Path = tmp_path) -> Done:
        words = [COMMAND, *map(str, arguments)]
        done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=60)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@dataclass(frozen=True)
class Full:
    """A whole run of the installed command, from a folder whose every file tries to interfere."""

    url: str
    done: Done
    folder: Path
    report: dict[str, Any]
    before: dict[str, bytes]
    after: dict[str, bytes]


@pytest.fixture(scope="session")
def full(plain_url: str, tmp_path_factory: pytest.TempPathFactory) -> Full:
    """The run that everybody looks at."""
    hostile, folder = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("report")
    for name, content in HOSTILE.items():
        (hostile / name).parent.mkdir(exist_ok=True)
        (hostile / name).write_text(content)
    before = files(hostile)
    words = [COMMAND, plain_url, *MODEL, "--report", str(folder)]
    done = subprocess.run(words, cwd=hostile, capture_output=True, text=True, timeout=120)
    ended = Done(done.returncode, done.stdout, done.stderr)
    report = json.loads((folder / "report.json").read_text())
    return Full(plain_url, ended, folder, report, before, files(hostile))


BOOM = "raise SystemExit('hostile')\n"
HOSTILE = {
    "conftest.py": BOOM,
    "pytest.ini": "[pytest]\naddopts = --boom\n",
    "tox.ini": "[pytest]\naddopts = --boom\n",
    "setup.cfg": "[tool:pytest]\naddopts = --boom\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--boom'\n",
    "test_mine.py": "def test_mine():\n    assert False\n",
    "httpx.py": BOOM,
    "conformance/__init__.py": BOOM,
    "conformance/conftest.py": BOOM,
    "checks/conftest.py": BOOM,
}


def files(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` with its content."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
