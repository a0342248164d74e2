"""`python -m reference` as a program: what it prints, imports and needs, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.reference.conftest import LIBRARIES, Checkpoint

SECONDS = 300
"""For a start on a machine that is busy with other things."""

FOREIGN = {
    "sentence-transformers": ["open_clip"],
    "clip": ["sentence_transformers", "open_clip", "timm", "sklearn"],
    "siglip": ["sentence_transformers", "open_clip", "timm", "sklearn"],
    "open_clip": ["sentence_transformers", "sklearn"],
    "modernvbert": ["sentence_transformers", "open_clip", "timm", "sklearn"],
}
"""Top-level packages that a library has no business with."""


@dataclass
class Run:
    """A started program."""

    process: subprocess.Popen[str]
    line: str
    log: Path

    @property
    def url(self) -> str:
        return self.line.split()[-1]

    def wait_ready(self) -> None:
        until = time.monotonic() + SECONDS
        while httpx.get(f"{self.url}/.well-known/ready", timeout=30).status_code != 204:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until
            time.sleep(0.05)


Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts ``python -m reference`` with a row of its own, and reads its line."""
    runs: list[Run] = []

    def begin(library: str, *arguments: str, **environ: str) -> Run:
        rows, log = tmp_path / "rows.toml", tmp_path / "log"
        rows.write_text(f'[[model]]\ntag = "own"\nlibrary = "{library}"\n')
        command = [sys.executable, "-m", "reference", "--models", str(rows), "--model", "own"]
        with log.open("w") as errors:
            process = subprocess.Popen(
                [*command, "--port", "0", *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "TMPDIR": str(tmp_path), **environ},
            )
        assert process.stdout is not None
        runs.append(Run(process, process.stdout.readline(), log))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.communicate()


@pytest.mark.parametrize(
    "name", ["sentence-transformers", "clip", "siglip", "open_clip", "modernvbert"]
)
def test_a_model_is_served_by_its_library_alone(
    start: Start, checkpoint: Checkpoint, name: str
) -> None:
    library = LIBRARIES[name]
    run = start(library, "--weights", str(checkpoint(name)), PYTHONPROFILEIMPORTTIME="1")
    assert re.fullmatch(r"serving own on http://127\.0\.0\.1:\d+\n", run.line)
    run.wait_ready()
    log = run.log.read_text()
    # Processor time, which other programs on the machine cannot stretch much. Most of it goes into
    # measuring which batches of images give the bits that single ones give: 11 s for ModernVBERT.
    assert processor_seconds(run.process.pid) - import_seconds(log) < 20
    assert not set(FOREIGN[library]) & imported(log)
    assert resident_bytes(run.process.pid) < 1.5e9
    meta = httpx.get(f"{run.url}/meta").json()
    assert (meta["library"], meta["ready"]) == (library, True)
    assert "torch" in meta["versions"]
    answer = httpx.post(f"{run.url}/vectorize", json={"texts": ["a", "b"]}, timeout=30).json()
    assert [len(row) for row in answer["textVectors"]] == [meta["dimensions"]] * 2


def import_seconds(log: str) -> float:
    [seconds] = re.findall(r"INFO imported .* in ([\d.]+) s of", log, re.MULTILINE)
    return float(seconds)


def imported(log: str) -> set[str]:
    """Names of all modules in what PYTHONPROFILEIMPORTTIME prints."""
    return set(re.findall(r"^import time: .* \| +(\S+)$", log, re.MULTILINE))


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_at_once_even_while_it_loads(
    start: Start, tmp_path: Path, checkpoint: Checkpoint, number: int, status: int
) -> None:
    run = start("clip", "--weights", str(checkpoint("clip")))
    assert httpx.get(f"{run.url}/.well-known/live", timeout=60).status_code == 204
    answer = httpx.post(f"{run.url}/vectorize", json={"texts": ["a"]}, timeout=60)
    assert answer.status_code == 503
    begun = time.monotonic()
    run.process.send_signal(number)
    assert run.process.wait(10) == status
    assert time.monotonic() - begun < 2
    assert not list(tmp_path.glob("reference-*"))


def test_a_model_that_cannot_be_loaded_ends_it_with_one_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = start("open_clip", "--weights", str(tmp_path / "empty"))
    assert run.process.wait(SECONDS) == 1
    [line] = re.findall(r"^reference: .*\n", run.log.read_text(), re.MULTILINE)
    assert re.match(r"reference: cannot load the model: .*empty has neither config.json", line)
    assert not list(tmp_path.glob("reference-*"))


def test_cuda_that_is_not_there_is_refused_at_the_start(start: Start, tmp_path: Path) -> None:
    run = start("clip", "--weights", str(tmp_path), ENABLE_CUDA="1", CUDA_VISIBLE_DEVICES="")
    assert (run.process.wait(SECONDS), run.line) == (2, "")
    assert run.log.read_text().startswith("reference: cuda:0 was asked for and cannot be had")
    assert run.log.read_text().count("\n") == 1


def test_a_port_in_use_is_refused(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = start("clip", "--weights", str(tmp_path), "--port", port)
        assert (run.process.wait(SECONDS), run.line) == (1, "")
    assert re.fullmatch(rf"reference: cannot listen on .* port {port}: .*\n", run.log.read_text())
