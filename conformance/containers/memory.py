"""How much memory a container takes, as its engine counts it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from conformance.containers import engine
from conformance.containers.errors import CommandFailed

UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@dataclass(frozen=True)
class Memory:
    """Bytes, without the cache of files that the kernel would give back."""

    at_rest: int
    under_load: int
    """The most that any sample showed; a sample takes about two seconds, so peaks hide."""
    samples: int


def observe_memory(container: str, load: Callable[[], object]) -> Memory:
    """Measure, then measure again and again while `load` runs; raises what `load` raises."""
    at_rest = used(container)
    samples: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(load)
        while not working.done():
            samples.append(used(container))
        working.result()
    return Memory(at_rest, max(samples, default=at_rest), len(samples))


def used(container: str) -> int:
    """Bytes that the container with that id uses now."""
    shown = engine.call("stats", "--no-stream", "--format", "{{.MemUsage}}", container)
    return parsed(shown)


def parsed(shown: str) -> int:
    """The bytes of ``123.4MiB / 23.4GiB``: the first figure, which has four digits at most."""
    found = re.match(r"\s*([\d.]+)\s*([KMGT]?i?B)\b", shown)
    if found is None or found[2] not in UNITS:
        raise CommandFailed(f"the engine gives no memory figure: {shown.strip()!r}")
    return int(float(found[1]) * UNITS[found[2]])
