"""Probe an endpoint under load, with limits relaxed if other work keeps this machine busy."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from math import ceil
from statistics import median

from conformance.data import timeouts
from conformance.expect import given
from conformance.expect.responses import require
from conformance.transport.client import Request
from conformance.transport.endpoint import LIVE, READY, Endpoint, Items
from conformance.transport.exchange import Exchange

LIMITS = {READY: timeouts.READY_TIMEOUT, LIVE: timeouts.LIVE_TIMEOUT}
GOOD = {READY: (200, 299), LIVE: (200, 399)}
ANY_STATUS = (0, 999)
CALLERS_OF_LARGE = 3
"""Clients that send large items."""
IN_A_ROW = 3
"""Kubernetes' default failure threshold; one slow response on a shared machine proves nothing."""
MOST_PROBES = 60
ATTEMPTS = 3
"""Maximum number of times to send requests until the probes are on time."""
MOST_IN_TURN = 4
"""Requests that each client sends if there was no time for three late probes in a row."""
SAMPLES, SAMPLE = 5, 0.01
"""Number and processor seconds of the computations that show how busy this machine is."""
MOST_STRAIN = 4
"""Above this, the limit is not widened any further."""


@dataclass
class UnderLoad:
    """The responses from an endpoint under load."""

    work: list[tuple[Exchange, Items]]
    """Excludes requests that overloaded the endpoint, except in the last attempt."""
    probes: dict[str, list[Exchange]]
    """The probes of each path during the last requests."""
    limits: dict[str, float]
    """The seconds that a probe may take."""

    def send(self, endpoint: Endpoint, items: Sequence[Items], callers: int) -> list[Exchange]:
        """Send the requests, and probes at the same time; returns the responses to the requests."""
        asked = {Request("GET", path): _end(limit) for path, limit in self.limits.items()}
        requests = endpoint.requests(items)
        work, probes = endpoint.client.run_beside(requests, asked, MOST_PROBES, callers)
        self.work = [each for each in self.work if not endpoint.client.pace.explains(each[0])]
        self.work += zip(work, items, strict=True)
        self.probes = dict(zip(self.limits, probes, strict=True))
        return work

    def late_in_a_row(self) -> dict[str, int]:
        """For each path, how many consecutive probes were late or got no response."""
        return {
            path: bad_in_a_row(seen, *ANY_STATUS, self.limits[path])
            for path, seen in self.probes.items()
        }


def under_load(
    endpoint: Endpoint,
    request: Callable[[int], Items],
    callers: int,
    limits: Mapping[str, float],
) -> UnderLoad:
    """Probe the paths of `limits` while `callers` clients send what `request(number)` returns.

    If probes were late, other requests follow, since a busy machine delays probes occasionally. If
    fewer than three in a row were late, each client then sends several requests in sequence.
    Numbers are never repeated, since the endpoint may cache what it has read. Raises TooMuch.
    """
    pace, numbers, in_turn = endpoint.client.pace, count(), 1
    seen = UnderLoad([], {}, dict(limits))
    for attempt in range(ATTEMPTS):
        first = request(next(numbers))
        most = pace.requests(callers * in_turn, first.texts, first.images)
        items = [first, *(request(next(numbers)) for _ in range(most - 1))]
        if attempt == 0:
            pace.admit([(each.texts, each.images) for each in items])
        start = time.perf_counter()
        work = seen.send(endpoint, items, min(callers, most))
        seconds = time.perf_counter() - start
        late = seen.late_in_a_row()
        enough = all(seen.probes.values()) and not any(late.values())
        if (enough and not pace.is_unexpected(work)) or attempt == ATTEMPTS - 1:
            break
        if max(late.values()) < IN_A_ROW:
            ends = [
                _end(seen.limits[path]) for path in limits if late[path] or not any(late.values())
            ]
            in_turn = min(MOST_IN_TURN, ceil(in_turn * (IN_A_ROW + 1) * max(ends) / seconds))
        seen.limits |= {path: widened(seen.limits[path]) for path in limits if late[path]}
    return seen


def _end(limit: float) -> float:
    """The seconds after which a probe is abandoned."""
    return limit + timeouts.READY_TIMEOUT


def longest_run(values: Iterable[bool]) -> int:
    """The largest number of true values in a row."""
    return max((len(list(run)) for value, run in groupby(values) if value), default=0)


def strain() -> float:
    """The factor by which other work slows down computations on this machine."""
    factors = []
    for _ in range(SAMPLES):
        start, used = time.perf_counter(), time.thread_time()
        while time.thread_time() - used < SAMPLE:
            pass
        factors.append((time.perf_counter() - start) / SAMPLE)
    return median(factors)


def widened(limit: float) -> float:
    """The limit, raised if other work on this machine may be what delays the probes."""
    return max(limit, timeouts.READY_TIMEOUT * min(round(strain()), MOST_STRAIN))


def bad_in_a_row(seen: list[Exchange], low: int, high: int, limit: float) -> int:
    """The longest run of probes that failed or were too slow."""
    good = (not e.failure and low <= e.status <= high and e.seconds <= limit for e in seen)
    return longest_run(not each for each in good)


def shown(seen: list[Exchange]) -> str:
    """The statuses and response times of the probes."""
    return ", ".join(f"{e.failure or e.status} in {e.seconds:.2f} s" for e in seen[:12])


def in_time(seen: UnderLoad) -> None:
    """Fail if three consecutive probes fail or are late. PRB-01 and PRB-02 cover a wrong status."""
    for path, probes in seen.probes.items():
        limit = seen.limits[path]
        bad = bad_in_a_row(probes, *GOOD[path], limit)
        wanted = f"fewer than {IN_A_ROW} consecutive probes that fail or take over {LIMITS[path]} s"
        if limit > LIMITS[path]:
            wanted += f" ({limit:.2g} s on this machine, which is busy with other work)"
        got = f"{bad} consecutive failed or late probes while busy: {path}: {shown(probes)}"
        require(bad < IN_A_ROW, got, wanted, *probes[-1:])
    for path, probes in seen.probes.items():
        for each in probes:
            if each.failure is None:
                given.status(each, *GOOD[path])
    for exchange, asked in seen.work:
        given.vectors(exchange, len(asked.texts), len(asked.images))
