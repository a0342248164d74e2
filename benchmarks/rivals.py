"""The reference and what it is measured beside, each a program of its own."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.programs import NotStartedError, Program, free_port, program, server, wait_for
from conformance.benchmark.cells import Drive
from conformance.benchmark.load import Kind, Sample, drive

INFINITY = Path(os.environ.get("INFINITY", "/opt/infinity/venv/bin/infinity_emb"))
"""Infinity's command, in an environment of its own: see docs/other-servers.md."""

Serve = Callable[[str, Path, Path], AbstractContextManager[str]]
"""The URL of a server, given the checkpoint's name and folder, and a folder for logs."""


@contextmanager
def reference(name: str, folder: Path, logs: Path) -> Iterator[str]:
    """The project's own server."""
    rows = ["--models", str(folder / "models.toml"), "--model", name, "--weights", str(folder)]
    with server("reference", [*rows, "--port"], logs / "reference.log") as (url, _):
        yield url


@contextmanager
def plain(_name: str, folder: Path, logs: Path, *options: str) -> Iterator[str]:
    """A server of the vendor's design."""
    log = logs / f"plain{''.join(options)}.log"
    arguments = [str(folder), *options, "--port"]
    with server("benchmarks.plain_server", arguments, log) as (url, _):
        yield url


def autograd(name: str, folder: Path, logs: Path) -> AbstractContextManager[str]:
    """The same with the graph for a backward pass."""
    return plain(name, folder, logs, "--autograd")


@contextmanager
def infinity(name: str, folder: Path, logs: Path) -> Iterator[str]:
    """Infinity behind the contract's routes, which costs it a hop."""
    port, log = free_port(), logs / "infinity.log"
    command = [str(INFINITY), "v2", "--model-id", str(folder), "--engine", "torch"]
    command += ["--served-model-name", name, "--device", "cpu", "--no-bettertransformer"]
    command += ["--no-model-warmup", "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "INFINITY_ANONYMOUS_USAGE_STATS": "0"}
    behind = f"http://127.0.0.1:{port}"
    with program(command, log, **quiet) as process:
        wait_for(f"{behind}/health", process, log)
        arguments = [behind, "--port"]
        with server("benchmarks.infinity_adapter", arguments, logs / "adapter.log") as (url, _):
            yield url


SERVERS: dict[str, Serve] = {
    "reference": reference,
    "plain": plain,
    "plain+autograd": autograd,
    "infinity": infinity,
}
RAW = {"raw": [], "raw-alike": ["--alike"]}
"""Options of the raw model."""

BESIDE = (*list(SERVERS)[1:], *RAW)
"""What the reference can be measured beside, by the name in tables."""


def start(rival: str, name: str, folder: Path, logs: Path, stack: ExitStack) -> Drive:
    """One of them, started until `stack` ends."""
    if rival in SERVERS:
        return partial(drive, stack.enter_context(SERVERS[rival](name, folder, logs)))
    command = [sys.executable, "-m", "benchmarks.raw_model", str(folder), *RAW[rival]]
    process = stack.enter_context(program(command, logs / f"{rival}.log"))
    if not _answer(process):
        raise NotStartedError(f"{rival} ended; see {logs}/{rival}.log")
    return partial(_rounds, process)


def _rounds(process: Program, kind: Kind, callers: int, seconds: float) -> list[Sample]:
    """One sample an object: as long as its round took."""
    print(kind, callers, seconds, file=process.stdin, flush=True)
    return [
        Sample(taken, answered=True)
        for objects, taken in json.loads(_answer(process))
        for _ in range(objects)
    ]


def _answer(process: Program) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
