"""Check within five minutes whether the reference encoder is as fast as expected on this GPU.

``python -m lab.benchmarks.gpu_check --report DIR [--device cuda:0]`` measures a full-size ViT-B/16
with random weights, in bfloat16 and float32, with `--workers auto` and with one worker: the
requests per second from 1, 32, and 128 callers, and the maximum latency for texts of every length.
The most important cells of the table are measured first, and `gpu_check.txt` is written after each
cell.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import httpx

from lab.benchmarks import full_size, overhead
from lab.benchmarks.programs import NotStartedError

NAME = "ViT-B-16"
CALLERS = (32, 128, 1)
LAYOUTS = (("bfloat16", "auto"), ("bfloat16", "1"), ("float32", "auto"), ("float32", "1"))


def bodies() -> dict[str, bytes]:
    """A text, an image of 512 pixels, and a photograph of 1920 x 1080."""
    made = overhead.bodies()
    return {
        "text": made["text"],
        "image": overhead.image_body(512, 512),
        "hd": made["1920 x 1080"],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the results so far after each cell."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks.gpu_check")
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--seconds", type=float, default=3, help="of each cell")
    parser.add_argument("--minutes", type=float, default=4.5, help="after which nothing is begun")
    asked = parser.parse_args(arguments)
    asked.report.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * asked.minutes

    def say(line: str) -> None:
        print(line, flush=True)
        with (asked.report / "gpu_check.txt").open("a") as file:
            file.write(line + "\n")

    with tempfile.TemporaryDirectory() as scratch:
        full_size.write(NAME, Path(scratch))
        for dtype, workers in LAYOUTS:
            if time.monotonic() < until:
                try:
                    _layout(Path(scratch), asked, dtype, workers, until, say)
                except (NotStartedError, RuntimeError, httpx.HTTPError) as error:
                    say(f"{dtype} workers {workers} failed: {error}")
    return 0


def _layout(
    folder: Path,
    asked: argparse.Namespace,
    dtype: str,
    workers: str,
    until: float,
    say: Callable[[str], None],
) -> None:
    name = f"{dtype} workers {workers}"
    rows = ("--models", str(folder / "models.toml"), "--model", NAME, "--weights", str(folder))
    options = ("--device", asked.device, "--dtype", dtype, "--workers", workers)
    begun = time.monotonic()
    with overhead.running(name, overhead.ROOT, (*rows, *options), ("-m", "reference")) as server:
        meta = httpx.get(f"http://127.0.0.1:{server.port}/meta").json()
        keys = ("workers", "batch_sizes", "beside_float32")
        seen = json.dumps({key: meta.get(key) for key in keys})
        say(f"{name}: ready after {time.monotonic() - begun:.0f} s; {seen}")
        for callers in CALLERS:
            for kind, body in bodies().items():
                if time.monotonic() < until:
                    rate, spent = overhead.measure(server, body, callers, asked.seconds, drivers=4)
                    say(f"{name} {kind:5} {callers:3} callers {rate:8.1f}/s {spent:6.2f} ms")
        say(f"{name} texts of every length: {_latencies(server.port)}")


def _latencies(port: int) -> str:
    """Milliseconds for one caller's texts, each of a different length, sent twice."""
    spent = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for words in [*range(80), *range(80)]:
            body = {"texts": ["a " * words]}
            begun = time.perf_counter()
            client.post("/vectorize", json=body, timeout=60).raise_for_status()
            spent.append(1000 * (time.perf_counter() - begun))
    return f"median {median(spent):.1f} ms, slowest {max(spent):.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
