"""The measurement: endpoints take turns within one run.

What else the machine does, and how warm it is, then meets each of them alike.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from conformance.benchmark.load import Kind, Sample, drive, percentile

TURNS = 3
"""How often the endpoints alternate within one cell."""

Drive = Callable[[str, Kind, int, float], list[Sample]]


@dataclass(frozen=True)
class Figures:
    """One endpoint in one cell. Times are seconds of requests that were answered."""

    url: str
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

    @property
    def ratio(self) -> float | None:
        """Requests a second of the first endpoint in multiples of the second's."""
        if len(self.figures) < 2 or not self.figures[1].requests_per_second:
            return None
        return self.figures[0].requests_per_second / self.figures[1].requests_per_second

    def document(self) -> dict[str, Any]:
        """For the JSON report."""
        return {**asdict(self), "ratio": self.ratio}


def measure(
    urls: Sequence[str], kind: Kind, callers: int, seconds: float, drive: Drive = drive
) -> Cell:
    """One cell: `seconds` an endpoint, after a warming call to each, in turns."""
    samples: dict[str, list[Sample]] = {url: [] for url in urls}
    spent = dict.fromkeys(urls, 0.0)
    for url in urls:
        drive(url, kind, 1, 0.01)
    for _ in range(TURNS):
        for url in urls:
            begun = time.perf_counter()
            samples[url] += drive(url, kind, callers, seconds / TURNS)
            spent[url] += time.perf_counter() - begun
    return Cell(kind, callers, tuple(_figures(url, samples[url], spent[url]) for url in urls))


def _figures(url: str, samples: Sequence[Sample], spent: float) -> Figures:
    times = [sample.seconds for sample in samples if sample.answered]
    return Figures(
        url=url,
        requests_per_second=len(times) / spent,
        median=median(times) if times else None,
        p99=percentile(times, 0.99) if times else None,
        requests=len(samples),
        failures=len(samples) - len(times),
    )
