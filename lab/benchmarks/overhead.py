"""Measure a request's cost outside the model: ``python -m lab.benchmarks.overhead``.

The reference encoder serves a model that costs nothing (`free_server`). For one text and for two
photographs, the program prints the requests per second and the server's processor time per request.
For comparison, it can alternate with another checkout (`--beside DIR`) or other numbers of workers
(`--workers`). It also measures the steps of a request separately.
"""

import argparse
import base64
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from lab.benchmarks.programs import family, free_port, wait_for

ROOT = Path(__file__).parents[2]
FREE = (str(Path(__file__).with_name("free_server.py")),)
DRIVERS = 2
"""Number of client processes, which need little processor time, so that the server is the
bottleneck."""


@dataclass(frozen=True)
class Server:
    """A running server, to be measured."""

    name: str
    port: int
    pid: int

    def processor_seconds(self) -> float:
        """The processor seconds of the process and its running descendants."""
        return sum(_processor_seconds(pid) for pid in family(self.pid))


def bodies() -> dict[str, bytes]:
    """A request of each kind that is measured."""
    text = {"texts": ["a photo of two dogs on a beach at sunset"], "images": []}
    return {
        "text": json.dumps(text).encode(),
        "640 x 480": image_body(640, 480),
        "1920 x 1080": image_body(1920, 1080),
    }


def photograph(width: int, height: int) -> bytes:
    """A JPEG with about as many bytes per pixel as a camera's: smooth shapes and some noise."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (height // 40, width // 40, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    pixels = np.clip(smooth + rng.normal(0, 8, smooth.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    return file.getvalue()


def image_body(width: int, height: int) -> bytes:
    """A request for the vector of a photograph."""
    encoded = base64.b64encode(photograph(width, height)).decode()
    return json.dumps({"texts": [], "images": [encoded]}).encode()


def drive(port: int, body: bytes, callers: int, seconds: float) -> tuple[int, float]:
    """The number of requests answered with 200 over `callers` connections, and the elapsed
    seconds."""
    head = b"POST /vectorize HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    begun = time.monotonic()
    until = begun + seconds

    def call(_: int) -> int:
        count = 0
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.monotonic() < until:
                connection.sendall(head + body)
                _read_answer(connection)
                count += 1
        return count

    with ThreadPoolExecutor(callers) as pool:
        return sum(pool.map(call, range(callers))), time.monotonic() - begun


def _read_answer(connection: socket.socket) -> None:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(2**16)
    head, _, rest = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:500])
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    missing = length - len(rest)
    while missing > 0:
        missing -= len(connection.recv(2**16))


def measure(
    server: Server, body: bytes, callers: int, seconds: float, drivers: int = DRIVERS
) -> tuple[float, float]:
    """Requests per second, and milliseconds of the server's processor time for each."""
    number = min(drivers, callers)
    share = callers // number
    with get_context("spawn").Pool(number) as pool:
        # This waits until each client process has imported its modules.
        pool.starmap(drive, [(server.port, body, 1, 0.2)] * number, chunksize=1)
        before = server.processor_seconds()
        driven = pool.starmap(drive, [(server.port, body, share, seconds)] * number, chunksize=1)
        spent = server.processor_seconds() - before
    total = sum(count for count, _ in driven)
    return sum(count / passed for count, passed in driven), 1000 * spent / total


@contextmanager
def running(
    name: str, folder: Path, arguments: Sequence[str], program: Sequence[str] = FREE
) -> Iterator[Server]:
    """`program`, or the free server, of the checkout in `folder`."""
    port = free_port()
    command = [sys.executable, *program, *arguments]
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    log = Path(tempfile.mkdtemp()) / "log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            stdout=said,
            stderr=said,
            env=environ,
            cwd=folder,
            text=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/ready", process, log)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def steps() -> dict[str, dict[str, float]]:
    """Milliseconds of processor time for each step of a request, measured separately in one
    thread."""
    import torch

    from conformance.data.models import find
    from lab.benchmarks import free_server
    from reference import encoders, images, json_bodies, standins

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        row = find(free_server.TAG)
        folder = standins.unpack(row.tag, Path(scratch))
        encoder = encoders.load(row, folder, encoders.Placement())
    vector = np.random.default_rng(0).normal(0, 1, free_server.DIMENSION).astype(np.float32)
    found: dict[str, dict[str, float]] = {}
    for kind, body in bodies().items():
        asked = json_bodies.parse(body)
        found[kind] = {"JSON": _milliseconds(partial(json_bodies.parse, body))}
        if asked.texts:
            found[kind]["tokenize"] = _milliseconds(partial(encoder.text_inputs, asked.texts[0]))
        else:
            encoded = asked.images[0]
            image = images.read(encoded, "x", 10**8)
            found[kind] |= {
                "base64": _milliseconds(partial(images.decode_base64, encoded, "x")),
                "base64 and decode": _milliseconds(partial(images.read, encoded, "x", 10**8)),
                "resize and normalize": _milliseconds(partial(encoder.image_inputs, image)),
            }
        found[kind]["answer"] = _milliseconds(partial(json_bodies.answer, [vector], []))
    return found


def _milliseconds(step: Callable[[], object]) -> float:
    """The median of several runs."""
    step()
    times = []
    for _ in range(30):
        begun = time.thread_time()
        step()
        times.append(time.thread_time() - begun)
    return 1000 * median(times)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.overhead")
    parser.add_argument("--beside", type=Path, help="the directory of another checkout")
    parser.add_argument("--workers", help="numbers of workers beside one, such as 2,4")
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    for kind, found in steps().items():
        print(kind, "; ".join(f"{step} {spent:.3f} ms" for step, spent in found.items()))
    with ExitStack() as stack:
        servers = [stack.enter_context(running("here", ROOT, ()))]
        if asked.beside:
            servers.append(stack.enter_context(running("beside", asked.beside.resolve(), ())))
        for number in filter(None, (asked.workers or "").split(",")):
            more = running(f"{number} workers", ROOT, ("--workers", number))
            servers.append(stack.enter_context(more))
        compare(servers, asked)
    return 0


def compare(servers: Sequence[Server], asked: argparse.Namespace) -> None:
    """Print a line for each kind and server: the median of all alternating rounds."""
    for kind, body in bodies().items():
        seen: dict[str, list[tuple[float, float]]] = {server.name: [] for server in servers}
        for _ in range(asked.rounds):
            for server in servers:
                seen[server.name].append(measure(server, body, asked.callers, asked.seconds))
        for name, measured in seen.items():
            rate, spent = (median(figures) for figures in zip(*measured, strict=True))
            print(f"{kind:12} {name:10} {rate:8.1f} requests/s {spent:7.2f} ms of processor")


if __name__ == "__main__":
    sys.exit(main())
