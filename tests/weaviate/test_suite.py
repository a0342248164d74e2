"""The whole Weaviate group, as a user runs it: against a real server, and without one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.weaviate import embedded_server
from tests.endpoints.encoder import Encoder
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.weaviate import real

MODEL = ["--model", "sentence-transformers-clip-ViT-B-32", "--weights", "stand-in"]


@pytest.fixture
def prefixed_url() -> Iterator[str]:
    """A conformant endpoint under a path."""
    endpoint = Endpoint(Encoder())
    endpoint.prefix = "/gateway/clip"
    with serve(endpoint) as url:
        yield url


@pytest.fixture
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """So that the data folders of another run beside this one are not seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def command(url: str, *more: str) -> list[str]:
    """The console command on the Weaviate group alone."""
    return [sys.executable, "-m", "conformance", url, *MODEL, *more]


def clauses(report: Path) -> dict[str, str]:
    """Status of each Weaviate clause."""
    rows: list[dict[str, Any]] = json.loads((report / "report.json").read_text())["clauses"]
    return {row["id"]: row["status"] for row in rows if row["id"].startswith("WVT")}


@real.needed
@pytest.mark.usefixtures("own_temporary_folder")
def test_every_clause_passes(prefixed_url: str, tmp_path: Path) -> None:
    where = f"embedded:{real.choice().where}"
    more = ["--weaviate", where, "--report", str(tmp_path), "-k", "weaviate"]
    done = subprocess.run(command(prefixed_url, *more), capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout
    assert set(clauses(tmp_path).values()) == {"pass"}
    assert embedded_server.leftovers() == []


@pytest.mark.usefixtures("empty_cache", "own_temporary_folder")
def test_without_a_program_the_run_is_incomplete(
    fake_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    report = tmp_path / "report"
    start = time.monotonic()
    done = subprocess.run(
        command(fake_url, "--weaviate", "embedded", "--report", str(report)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode not in (0, 1), done.stdout
    assert set(clauses(report).values()) == {"not run"}
    assert "cannot be had" in done.stdout
    assert time.monotonic() - start < 90


@real.needed
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing_behind(
    fake_url: str, own_temporary_folder: Path, end: signal.Signals
) -> None:
    where = f"embedded:{real.choice().where}"
    run = subprocess.Popen(
        command(fake_url, "--weaviate", where, "-k", "weaviate"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    data = f"{embedded_server.FOLDER}*/data/schema.db"
    while run.poll() is None and not list(own_temporary_folder.glob(data)):
        time.sleep(0.1)
    os.kill(run.pid, end)
    assert run.wait(30) not in (0, 1)
    assert embedded_server.leftovers() == []
    assert subprocess.run(["pgrep", "-f", str(own_temporary_folder)]).returncode == 1
