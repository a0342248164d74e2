"""The measurement: endpoints take turns within one run.

What else the machine does, and how warm it is, then meets each of them alike.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from conformance.benchmark.load import Kind, Sample, percentile

TURNS = 3
"""How often the endpoints alternate within one cell."""

WARMING = 0.1
"""Of a cell's seconds, spent before on each endpoint and not counted."""

Drive = Callable[[Kind, int, float], list[Sample]]
"""Calls one endpoint: by so many callers, for so many seconds."""


@dataclass(frozen=True)
class Figures:
    """One endpoint in one cell. Times are seconds of requests that were answered."""

    name: str
    requests_per_second: float
    median: float | None
    p99: float | None
    requests: int
    failures: int


@dataclass(frozen=True)
class Cell:
    """One kind of request by so many callers at a time."""

    kind: Kind
    callers: int
    figures: tuple[Figures, ...]
    load: float
    """The machine's load average over the minute before: what else it had to do."""

    def ratio(self, place: int) -> float | None:
        """Requests a second of the first endpoint in multiples of those of the one at `place`."""
        if not place or not self.figures[place].requests_per_second:
            return None
        return self.figures[0].requests_per_second / self.figures[place].requests_per_second

    def document(self) -> dict[str, Any]:
        """For the JSON report."""
        figures = [
            {**asdict(each), "ratio": self.ratio(place)} for place, each in enumerate(self.figures)
        ]
        return {**asdict(self), "figures": figures}


def measure(drives: Mapping[str, Drive], kind: Kind, callers: int, seconds: float) -> Cell:
    """One cell: `seconds` an endpoint, in turns.

    Before that each is called as it will be called: what an endpoint does but once for so many
    callers, such as finding its best size of a batch, is none of its time.
    """
    load = os.getloadavg()[0]
    samples: dict[str, list[Sample]] = {name: [] for name in drives}
    spent = dict.fromkeys(drives, 0.0)
    for drive in drives.values():
        drive(kind, callers, seconds * WARMING)
    for _ in range(TURNS):
        for name, drive in drives.items():
            begun = time.perf_counter()
            samples[name] += drive(kind, callers, seconds / TURNS)
            spent[name] += time.perf_counter() - begun
    figures = tuple(_figures(name, samples[name], spent[name]) for name in drives)
    return Cell(kind, callers, figures, load)


def _figures(name: str, samples: Sequence[Sample], spent: float) -> Figures:
    times = [sample.seconds for sample in samples if sample.answered]
    return Figures(
        name=name,
        requests_per_second=len(times) / spent,
        median=median(times) if times else None,
        p99=percentile(times, 0.99) if times else None,
        requests=len(samples),
        failures=len(samples) - len(times),
    )
