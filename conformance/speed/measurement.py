"""Measure endpoints alternately, so that background load affects all of them alike."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np

from conformance.speed.load import Kind, Sample

ROUNDS = 3
"""How often the endpoints alternate within one cell."""

WARMING = 0.1
"""Share of a cell's duration for which each endpoint is called beforehand, without measuring."""

Drive = Callable[[Kind, int, float], list[Sample]]
"""Calls one endpoint with a kind of request and a number of callers for some seconds."""


@dataclass(frozen=True)
class Figures:
    """One endpoint in one cell. Times are the seconds of successful requests."""

    name: str
    requests_per_second: float
    median: float | None
    p99: float | None
    requests: int
    failures: int


@dataclass(frozen=True)
class Cell:
    """One kind of request with one number of simultaneous callers."""

    kind: Kind
    callers: int
    figures: tuple[Figures, ...]
    load: float
    """The machine's load average over the preceding minute."""

    def ratio(self, place: int) -> float | None:
        """Requests per second of the first endpoint, divided by those of the one at `place`."""
        if not place or not self.figures[place].requests_per_second:
            return None
        return self.figures[0].requests_per_second / self.figures[place].requests_per_second

    def document(self) -> dict[str, Any]:
        """The cell's values for the JSON report."""
        figures = [
            {**asdict(each), "ratio": self.ratio(place)} for place, each in enumerate(self.figures)
        ]
        return {**asdict(self), "figures": figures}


def measure(drives: Mapping[str, Drive], kind: Kind, callers: int, seconds: float) -> Cell:
    """One cell: `seconds` for each endpoint, alternating.

    Each is first called in the same way without being measured, which excludes one-time work such
    as finding the best batch size.
    """
    load = os.getloadavg()[0]
    samples: dict[str, list[Sample]] = {name: [] for name in drives}
    spent = dict.fromkeys(drives, 0.0)
    for drive in drives.values():
        drive(kind, callers, seconds * WARMING)
    for _ in range(ROUNDS):
        for name, drive in drives.items():
            begun = time.perf_counter()
            samples[name] += drive(kind, callers, seconds / ROUNDS)
            spent[name] += time.perf_counter() - begun
    figures = tuple(_figures(name, samples[name], spent[name]) for name in drives)
    return Cell(kind, callers, figures, load)


def _figures(name: str, samples: Sequence[Sample], spent: float) -> Figures:
    times = [sample.seconds for sample in samples if sample.answered]
    return Figures(
        name=name,
        requests_per_second=len(times) / spent,
        median=median(times) if times else None,
        p99=float(np.percentile(times, 99, method="inverted_cdf")) if times else None,
        requests=len(samples),
        failures=len(samples) - len(times),
    )
