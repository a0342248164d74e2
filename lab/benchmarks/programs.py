"""Start a benchmark's programs, wait until they are ready, and stop them at the end."""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

START_SECONDS = 600.0
"""Time for reading gigabytes on a machine that may be busy."""

Program = subprocess.Popen[str]


class NotStartedError(Exception):
    """A program ended, or was not ready in time."""


@contextmanager
def program(
    command: list[str],
    log: Path,
    *,
    answers: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """Run `command` inside the block; its output goes to `log`, or to a pipe if it `answers`.

    A server that writes a line per request would block on a pipe that nobody reads.
    """
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else said,
            stderr=said,
            text=True,
            env={**os.environ, **(environ or {})},
        )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def server(module: str, arguments: list[str], log: Path) -> Iterator[tuple[str, Program]]:
    """The URL of a module of this project that is ready to serve; its last argument is its port."""
    port = free_port()
    with program([sys.executable, "-m", module, *arguments, str(port)], log) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/.well-known/ready", process, log)
        yield url, process


def wait_for(url: str, process: Program, log: Path) -> None:
    """Wait until `url` responds successfully; raises NotStartedError."""
    until = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > until:
            last = log.read_text(encoding="utf-8").splitlines()[-1:]
            raise NotStartedError(f"{url} is not served; {log} ends with {last}")
        time.sleep(0.5)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def add_placement(parser: argparse.ArgumentParser) -> None:
    """Options for the device and data type of a program."""
    parser.add_argument("--device", default="cpu", help="cpu, or a CUDA device such as cuda:0")
    parser.add_argument(
        "--dtype", default="float32", choices=("float32", "bfloat16", "float16"), help="of weights"
    )


def free_port() -> int:
    """A port of this machine that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def family(pid: int) -> list[int]:
    """A process and its running descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(deeper for child in children for deeper in family(int(child)))]


def resident_mib(pid: int) -> float:
    """The resident memory in MiB of a process and its descendants."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def threads(pid: int) -> int:
    """The number of threads of a process and its descendants."""
    return sum(len(list(Path(f"/proc/{one}/task").iterdir())) for one in family(pid))
