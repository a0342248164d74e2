"""Check memory use, responses, and probes during a long run that includes invalid requests.

``python -m lab.benchmarks.endurance [--requests 20000] [--bad 10000] [--workers N]`` starts the
reference with a stand-in and prints its observations; the exit status is 1 if a response was wrong.
The tests include a short version with few requests.
"""

import argparse
import http.client
import itertools
import json
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from conformance.speed.load import Connection, bodies, drive
from lab.benchmarks import bad_requests
from lab.benchmarks.programs import resident_mib, server, threads

TAG = "openai-clip-vit-base-patch16"
CALLERS = 8
WARM = 1000
"""Requests before memory is first measured: by then, every buffer has reached its final size."""

DIFFERENCE = 1e-4
"""Tolerance for each component of a text's vector, which differs by 1e-6 between batches in
float32."""


@dataclass(frozen=True)
class Memory:
    """The memory of a process and its workers over a run."""

    mib: tuple[float, ...]
    """Measured after every thousandth request, starting at `WARM`."""
    threads: tuple[int, ...]


def memory(url: str, pid: int, requests: int) -> Memory:
    """Send valid requests, and measure the memory after every thousand."""
    endless = itertools.cycle(bodies("both"))
    mib, tasks = [], []
    for _ in range(max(1, requests // WARM)):
        with ThreadPoolExecutor(CALLERS) as pool:
            share = [list(itertools.islice(endless, WARM // CALLERS)) for _ in range(CALLERS)]
            list(pool.map(lambda some: _send(url, some), share))
        mib.append(round(resident_mib(pid), 1))
        tasks.append(threads(pid))
    return Memory(tuple(mib), tuple(tasks))


def _send(url: str, some: Sequence[bytes]) -> None:
    with closing(Connection(url)) as connection:
        for body in some:
            status, answer = connection.post("/vectorize", body)
            if status != http.HTTPStatus.OK:
                raise ValueError(f"status {status}: {answer[:200]!r}")


def fuzz(url: str, count: int, seed: int = 0) -> Counter[str]:
    """Send `count` invalid and as many valid requests from a few callers; count wrong responses.

    One in twenty invalid requests is also cut off in the middle of its body.
    """
    alone = [_vectors(url, body) for body in bodies("both")]
    share = -(-count // CALLERS)
    with ThreadPoolExecutor(CALLERS) as pool:
        jobs = [pool.submit(_fuzz, url, share, seed + place, alone) for place in range(CALLERS)]
        return sum((job.result() for job in jobs), Counter())


def _fuzz(url: str, count: int, seed: int, alone: Sequence[dict[str, Any]]) -> Counter[str]:
    wrong: Counter[str] = Counter()
    bad = bad_requests.requests(seed)
    with closing(Connection(url)) as connection:
        for number, (what, body) in enumerate(itertools.islice(bad, count)):
            if number % 20 == 0:
                _hang_up(url, body)
            status, answer = connection.post("/vectorize", body)
            if not (400 <= status < 500 and isinstance(_error(answer), str)):
                wrong[f"{what}: status {status}"] += 1
            place = (number + seed) % len(alone)
            status, answer = connection.post("/vectorize", bodies("both")[place])
            if status != http.HTTPStatus.OK or not _alike(json.loads(answer), alone[place]):
                wrong[f"a good request: status {status}"] += 1
    return wrong


def _vectors(url: str, body: bytes) -> dict[str, Any]:
    with closing(Connection(url)) as connection:
        document: dict[str, Any] = json.loads(connection.post("/vectorize", body)[1])
        return document


def _error(answer: bytes) -> object:
    return json.loads(answer).get("error")


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the image vectors are identical, and the text vectors differ by less than
    `DIFFERENCE`."""
    texts = zip(one["textVectors"][0], other["textVectors"][0], strict=True)
    same = one["imageVectors"] == other["imageVectors"]
    return same and all(abs(a - b) < DIFFERENCE for a, b in texts)


def _hang_up(url: str, body: bytes) -> None:
    """Announce a body, send half of it, and disconnect."""
    where = urlsplit(url)
    head = f"POST /vectorize HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    with socket.create_connection((where.hostname, where.port)) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])


def probes(url: str, seconds: float, callers: int) -> tuple[list[float], int]:
    """The seconds that each readiness probe took while `callers` kept the model busy, and the
    number of failures."""
    over = threading.Event()

    def probe() -> Iterator[tuple[float, bool]]:
        where = urlsplit(url)
        while not over.is_set():
            begun = time.perf_counter()
            # Each probe uses its own connection, as in Kubernetes.
            with closing(http.client.HTTPConnection(where.netloc, timeout=10)) as connection:
                connection.request("GET", "/.well-known/ready")
                status = connection.getresponse().status
            yield time.perf_counter() - begun, status == http.HTTPStatus.NO_CONTENT
            over.wait(0.05)

    with ThreadPoolExecutor(1) as pool:
        probing = pool.submit(lambda: list(probe()))
        drive(url, "both", callers, seconds)
        over.set()
        seen = probing.result()
    return [taken for taken, _ in seen], sum(not good for _, good in seen)


def main(arguments: Sequence[str]) -> int:
    """Run the three parts and print their results."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.endurance")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--bad", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=30, help="of probing")
    parser.add_argument("--workers", default="1", help="of the reference")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        options = ["--model", TAG, "--workers", asked.workers, "--port"]
        with server("reference", options, log) as (url, process):
            return _run(url, process.pid, asked)


def _run(url: str, pid: int, asked: argparse.Namespace) -> int:
    seen = memory(url, pid, asked.requests)
    print(f"memory after every {WARM} of {asked.requests} requests, MiB: {seen.mib}")
    print(f"threads: {seen.threads}")
    wrong = fuzz(url, asked.bad)
    print(f"{asked.bad} invalid requests among as many valid ones; wrong responses: {dict(wrong)}")
    print(f"afterward: {resident_mib(pid):.1f} MiB, {threads(pid)} threads")
    times, failures = probes(url, asked.seconds, 32)
    p99 = float(np.percentile(times, 99, method="inverted_cdf")) * 1000
    print(f"{len(times)} probes under 32 callers: p99 {p99:.0f} ms, {failures} failures")
    return int(bool(wrong or failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
