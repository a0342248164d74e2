"""The reference encoder and the servers it is compared with, each run as a separate program."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from conformance.speed.load import Kind, Sample, drive
from conformance.speed.measurement import Drive
from lab.benchmarks.programs import NotStartedError, Program, free_port, program, server, wait_for
from reference.encoders import Placement

INFINITY = Path(os.environ.get("INFINITY", "/opt/infinity/venv/bin/infinity_emb"))
"""Infinity's command, in a separate environment (see docs/other-servers.md)."""


@dataclass(frozen=True)
class Measured:
    """The full-size checkpoint that is served, and its device."""

    name: str
    folder: Path
    logs: Path
    placement: Placement


Serve = Callable[[Measured], AbstractContextManager[str]]
"""Yields the URL of a server."""


@contextmanager
def reference(what: Measured) -> Iterator[str]:
    """The project's own server."""
    rows = ["--models", str(what.folder / "models.toml"), "--model", what.name]
    rows += ["--weights", str(what.folder), *_placed(what.placement)]
    with server("reference", [*rows, "--port"], what.logs / "reference.log") as (url, _):
        yield url


@contextmanager
def plain(what: Measured, *options: str) -> Iterator[str]:
    """A server of the vendor's design."""
    log = what.logs / f"plain{''.join(options)}.log"
    arguments = [str(what.folder), *_placed(what.placement), *options, "--port"]
    with server("lab.benchmarks.plain_server", arguments, log) as (url, _):
        yield url


def autograd(what: Measured) -> AbstractContextManager[str]:
    """A server of the vendor's design that also builds the graph for a backward pass."""
    return plain(what, "--autograd")


@contextmanager
def infinity(what: Measured) -> Iterator[str]:
    """Infinity behind the contract's routes, at the cost of an additional hop."""
    port, log = free_port(), what.logs / "infinity.log"
    command = [str(INFINITY), "v2", "--model-id", str(what.folder), "--engine", "torch"]
    command += ["--served-model-name", what.name, "--no-bettertransformer", "--no-model-warmup"]
    device = what.placement.device_type
    command += ["--device", device, "--dtype", what.placement.dtype]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    quiet = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "INFINITY_ANONYMOUS_USAGE_STATS": "0"}
    if device == "cpu":
        quiet["CUDA_VISIBLE_DEVICES"] = ""  # It uses any visible GPU, regardless of --device.
    behind = f"http://127.0.0.1:{port}"
    with program(command, log, environ=quiet) as process:
        wait_for(f"{behind}/health", process, log)
        arguments = [behind, "--port"]
        adapter = what.logs / "adapter.log"
        with server("lab.benchmarks.infinity_adapter", arguments, adapter) as (url, _):
            yield url


def _placed(placement: Placement) -> list[str]:
    return ["--device", placement.device, "--dtype", placement.dtype]


SERVERS: dict[str, Serve] = {
    "reference": reference,
    "plain": plain,
    "plain+autograd": autograd,
    "infinity": infinity,
}
RAW = {"raw": [], "raw-alike": ["--alike"]}
"""Options of the raw model."""

BESIDE = (*list(SERVERS)[1:], *RAW)
"""The servers that the reference can be compared with, by their names in tables."""


def start(rival: str, what: Measured, stack: ExitStack) -> Drive:
    """Start one of the servers, and stop it when `stack` closes."""
    if rival in SERVERS:
        return partial(drive, stack.enter_context(SERVERS[rival](what)))
    command = [sys.executable, "-m", "lab.benchmarks.raw_model", str(what.folder)]
    command += [*_placed(what.placement), *RAW[rival]]
    log = what.logs / f"{rival}.log"
    process = stack.enter_context(program(command, log, answers=True))
    if not _answer(process):
        raise NotStartedError(f"{rival} ended; see {log}")
    return partial(_rounds, process)


def _rounds(process: Program, kind: Kind, callers: int, seconds: float) -> list[Sample]:
    """One sample per object, with the duration of its round."""
    print(kind, callers, seconds, file=process.stdin, flush=True)
    return [
        Sample(taken, answered=True)
        for objects, taken in json.loads(_answer(process))
        for _ in range(objects)
    ]


def _answer(process: Program) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
