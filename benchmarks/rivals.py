"""The reference and what it is measured beside, each started as a program of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import httpx

from conformance.benchmark.cells import Drive
from conformance.benchmark.load import Kind, Sample, drive

INFINITY = Path(os.environ.get("INFINITY", "/opt/infinity/venv/bin/infinity_emb"))
"""Infinity's command, in an environment of its own: see docs/other-servers.md."""

START_SECONDS = 600.0
"""Gigabytes are read, on a machine that may be busy."""

Start = Callable[[str, Path, Path], AbstractContextManager[Drive]]
"""Given the checkpoint's name and folder, and a folder for logs."""


class NotStartedError(Exception):
    """A server ended, or was not ready in time."""


@contextmanager
def program(command: list[str], log: Path, **environ: str) -> Iterator["subprocess.Popen[str]"]:
    """`command` while it is needed; what it says on standard error goes to `log`."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **environ},
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def reference(name: str, folder: Path, logs: Path) -> Iterator[Drive]:
    """The project's own server."""
    rows = ["--models", str(folder / "models.toml"), "--model", name, "--weights", str(folder)]
    with _server("reference", [*rows, "--port"], logs / "reference.log") as url:
        yield partial(drive, url)


@contextmanager
def plain(_name: str, folder: Path, logs: Path) -> Iterator[Drive]:
    """A server of the vendor's design."""
    command = [str(folder), "--port"]
    with _server("benchmarks.plain_server", command, logs / "plain.log") as url:
        yield partial(drive, url)


@contextmanager
def autograd(_name: str, folder: Path, logs: Path) -> Iterator[Drive]:
    """The same with the graph for a backward pass."""
    command = [str(folder), "--autograd", "--port"]
    with _server("benchmarks.plain_server", command, logs / "autograd.log") as url:
        yield partial(drive, url)


@contextmanager
def infinity(name: str, folder: Path, logs: Path) -> Iterator[Drive]:
    """Infinity behind the contract's routes, which costs it a hop."""
    port = free_port()
    command = [str(INFINITY), "v2", "--model-id", str(folder), "--engine", "torch"]
    command += ["--served-model-name", name, "--device", "cpu", "--no-bettertransformer"]
    command += ["--no-model-warmup", "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "INFINITY_ANONYMOUS_USAGE_STATS": "0"}
    with program(command, logs / "infinity.log", **quiet) as process:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        behind = [f"http://127.0.0.1:{port}", "--port"]
        with _server("benchmarks.infinity_adapter", behind, logs / "adapter.log") as url:
            yield partial(drive, url)


@contextmanager
def raw(_name: str, folder: Path, logs: Path) -> Iterator[Drive]:
    """The bare model on batches of the benchmark's own texts and images."""
    with _raw_model([str(folder)], logs / "raw.log") as called:
        yield called


@contextmanager
def alike(_name: str, folder: Path, logs: Path) -> Iterator[Drive]:
    """The bare model on batches of one text or image."""
    with _raw_model([str(folder), "--alike"], logs / "alike.log") as called:
        yield called


RIVALS: dict[str, Start] = {
    "plain": plain,
    "plain+autograd": autograd,
    "infinity": infinity,
    "raw": raw,
    "raw-alike": alike,
}
"""By the name in tables."""


@contextmanager
def _server(module: str, arguments: list[str], log: Path) -> Iterator[str]:
    """The URL of a server, whose last argument is its port."""
    port = free_port()
    with program([sys.executable, "-m", module, *arguments, str(port)], log) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/.well-known/ready", process)
        yield url


@contextmanager
def _raw_model(arguments: list[str], log: Path) -> Iterator[Drive]:
    command = [sys.executable, "-m", "benchmarks.raw_model", *arguments]
    with program(command, log) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if not process.stdout.readline():
            raise NotStartedError(f"{' '.join(command)} ended; see {log}")
        yield partial(_rounds, process.stdin, process.stdout)


def _rounds(
    orders: IO[str], answers: IO[str], kind: Kind, callers: int, seconds: float
) -> list[Sample]:
    """One sample an object: as long as its round took."""
    print(kind, callers, seconds, file=orders, flush=True)
    return [
        Sample(taken, answered=True)
        for objects, taken in json.loads(answers.readline())
        for _ in range(objects)
    ]


def wait_for(url: str, process: "subprocess.Popen[str]") -> None:
    """Until `url` answers well; raises NotStartedError."""
    until = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > until:
            raise NotStartedError(f"{process.args!r} is not ready; status {process.poll()}")
        time.sleep(0.5)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """One of this machine's that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
