"""Estimate how long a run takes and skip test cases that do not fit into its time budget.

`costs.toml` lists what a case of each check requests. The cheapest case of every clause always
runs. It runs before the others if the run takes a large part of its time budget, since an endpoint
may become several times slower than it was at the start. The others rotate from day to day, as many
as fit; the rest follow if time remains. A case that exceeds its share of the time is stopped.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from conformance.data import fixture_files
from conformance.transport.pace import LEFT_OUT, Load, Pace, TooMuch

Case = tuple[str, str]
"""A test's id without its directory, and its clause."""
USUAL = (2, 2, 1, 0.1, 0, 0.02)
"""The requests of a case that is not in the table."""
AT_LEAST = 4
"""Number of texts and images that every case gets time for, if the run has enough time."""
MORE_THAN_ITS_PART = 3
"""A case may take this multiple of the mean remaining time, even if its estimate is lower."""
MORE_THAN_ESTIMATED = 1.2
"""A case may take this multiple of its share of the remaining time; the first of a clause may take
`MORE_THAN_ITS_PART` of it, so that it is tested even if its items cost more than others."""
BASIC = ("test_vectorize", "test_wire")
"""Files of checks that come first if time is short, since everything else builds on them."""
COSTLY = ("test_alignment", "test_exact", "test_properties", "test_relations")
"""Files of checks that come last if time is short: they send most, and build on the others."""
SHARED = "weaviate/"
"""The directory of checks that run one after another, since they share collections of a server."""
RESERVE = 2
"""Texts and images that may be in progress when the time is up."""
META_REQUESTS = 10
"""Requests of a run for /meta, which the table does not count."""
SLOWDOWN = 4
"""The cheapest cases come first if an endpoint that becomes this many times slower would leave some
out. The vendor's server became that slow with a full-size model on two cores that other jobs also
used."""
LAST = 8
"""The position of cases that run only if time remains."""
FIRST = "test_operation.py::test_an_import_is_answered_in_time"
"""Always run, regardless of its cost, since Weaviate sends the same requests."""


class Budget:
    """The time of one run; `seconds` is its limit, None for no limit."""

    def __init__(
        self, pace: Pace, seconds: float | None, started: float | None = None, meta: float = 0.0
    ) -> None:
        """`started` is when the run began (`time.monotonic`), `meta` the seconds of a GET /meta."""
        self._pace = pace
        self._meta = META_REQUESTS * meta
        self._started = time.monotonic() if started is None else started
        self._seconds = seconds
        self._end: float | None = None
        self._planned_at = self._planned = 0.0
        """When the cases were planned, and the estimated seconds of all of them."""
        self._cheapest: set[str] = set()
        """One test of each clause."""
        self._waiting: dict[str, float] = {}
        """Estimated seconds of the cases that have not started yet, by test."""
        self._spare: dict[str, float] = {}
        """The same for cases that run if time remains."""
        self.estimate = 0.0
        """Seconds that the selected cases take."""
        self.whole = 0.0
        """Seconds that all cases take."""
        self.cases = 0
        self.left_out = 0

    def plan(self, cases: Sequence[Case], day: int | None = None) -> list[bool]:
        """Whether each case is selected; `day` determines the rotation.

        The others may follow at the end, if `has_time`.
        """
        costs = self._costs([test for test, _ in cases])
        spent = time.monotonic() - self._started + self._meta
        self.cases, self.whole = len(cases), spent + sum(costs)
        kept = [True] * len(cases)
        if self._seconds is not None:
            # Work in progress when the time is up has to finish, too.
            reserve = min(RESERVE * (self._pace.text + self._pace.image), self._seconds / 10)
            self._end = self._pace.end = self._started + self._seconds - reserve
            if self.is_tight:
                day = datetime.now(UTC).toordinal() if day is None else day
                cheapest = _cheapest(cases, costs)
                self._cheapest = {cases[number][0] for number in cheapest}
                kept = _kept(costs, cheapest, day, self._seconds - spent)
        every = {test: cost for (test, _), cost in zip(cases, costs, strict=True)}
        for (test, cost), keep in zip(every.items(), kept, strict=True):
            (self._waiting if keep else self._spare)[test] = cost
        self._planned_at, self._planned = time.monotonic(), sum(self._waiting.values())
        self.left_out = len(cases) - sum(kept)
        self.estimate = spent + sum(self._waiting.values())
        if self._seconds is not None:
            self.estimate = min(self.estimate, self._seconds)
        return kept

    def place(self, case: Case) -> tuple[int, float]:
        """The position of a case in a run that is tight; equals keep their order.

        The first case of each clause is sorted by its own cost alone.
        """
        test, _ = case
        if self.is_spare(test):
            return LAST, 0
        if test == FIRST:
            return 0, 0
        if test.startswith(SHARED):
            return 4, 0
        place = 1 if test.startswith(BASIC) else 3 if test.startswith(COSTLY) else 2
        if test not in self._cheapest:
            return 4 + place, 0
        alone = self._costs([test])[0]
        return (1 if alone <= self._pace.text + self._pace.image else place), alone

    @property
    def is_short(self) -> bool:
        """Whether the run has less time than all cases take."""
        return self._seconds is not None and self.whole > self._seconds

    @property
    def is_tight(self) -> bool:
        """Whether not all cases would fit if the endpoint became slower."""
        return self._seconds is not None and SLOWDOWN * self.whole > self._seconds

    def is_spare(self, test: str) -> bool:
        """Whether a case runs only if time remains."""
        return test in self._spare

    def has_time(self, test: str) -> bool:
        """Whether a case can run; one that was left out only if enough time remains."""
        if not self.is_spare(test):
            return True
        cost = self._spare[test]
        if self._end is None or test.startswith(SHARED) or cost > self._end - time.monotonic():
            return False
        self._waiting[test] = cost
        self.left_out -= 1
        return True

    def begin(self, test: str) -> None:
        """Start the next case with a limit on its requests, or end it if the time is up."""
        self._pace.until = float("inf")
        if self._end is None or test not in self._waiting or test == FIRST:
            self._waiting.pop(test, None)
            return
        now, waiting = time.monotonic(), self._waiting
        left, number, total = self._end - now, len(waiting) or 1, sum(waiting.values())
        cost = waiting.pop(test)
        if left <= 0:
            self.left_out += 1
            raise TooMuch(f"{LEFT_OUT} in the time allowed (--budget): {self._pace.described()}")
        drift = self._drift(total, now)
        if not self.is_short and left >= drift * total:
            return
        more = MORE_THAN_ITS_PART if test in self._cheapest else MORE_THAN_ESTIMATED
        part = more * cost * min(drift, left / total) if total else 0.0
        least = AT_LEAST * (self._pace.text + self._pace.image)
        own = max(part, min(least, MORE_THAN_ITS_PART * left / number))
        self._pace.until = min(self._end, now + own)

    def _drift(self, waiting: float, now: float) -> float:
        """How many times as long as estimated the cases took so far, at least 1."""
        estimated, took = self._planned - waiting, now - self._planned_at
        return max(1.0, took / estimated) if estimated > 0 else 1.0

    def described(self) -> str:
        """One line on how long the run takes, and what it leaves out."""
        line = f"this run takes about {_minutes(self.estimate)}: {self._pace.described()}"
        if not self.left_out:
            return line
        left = f"up to {self.left_out} of {self.cases} cases left out"
        return (
            f"{line}; {left}: all would take {_minutes(self.whole)} (--budget MINUTES, or --slow)"
        )

    def _costs(self, tests: Sequence[str]) -> list[float]:
        """The cost of each test, with what other checks would have requested before it."""
        shared = fixture_files.toml("costs.toml")["shared"]
        checks = [test.partition("[")[0] for test in tests]
        paid: dict[str, float] = {}
        costs = []
        for test, check in zip(tests, checks, strict=True):
            cost = self._cost(test)
            for other, (requests, *items) in shared.get(check, {}).items():
                if other not in checks:
                    more = self._pace.estimate(requests, Load(*items))
                    cost += max(0.0, more - paid.get(other, 0.0))
                    paid[other] = max(more, paid.get(other, 0.0))
            costs.append(cost)
        return costs

    def _cost(self, test: str) -> float:
        name = test.partition("[")[0]
        row = fixture_files.toml("costs.toml")["checks"].get(name, USUAL)
        requests, *items, own = row
        # What exceeds the limit is not sent.
        most = max(1.0, requests) * self._pace.limit
        return float(own + min(self._pace.estimate(requests, Load(*items)), most))


def _cheapest(cases: Sequence[Case], costs: Sequence[float]) -> set[int]:
    """The number of the cheapest case of each clause, or of the one that always runs."""
    by_cost = sorted(range(len(cases)), key=lambda n: (cases[n][0] == FIRST, -costs[n]))
    return set({cases[number][1]: number for number in by_cost}.values())


def _kept(costs: Sequence[float], cheapest: set[int], day: int, seconds: float) -> list[bool]:
    """Whether each case is selected: the cheapest, and as many others as the time allows."""
    kept = [number in cheapest for number in range(len(costs))]
    left = seconds - sum(costs[number] for number in cheapest)
    for number in _turned([n for n, keep in enumerate(kept) if not keep], day):
        if costs[number] <= left:
            kept[number] = True
            left -= costs[number]
    return kept


def _turned(numbers: Sequence[int], day: int) -> Iterator[int]:
    """The numbers, rotated so that they start at a different place each day."""
    start = day * 37 % len(numbers) if numbers else 0
    yield from numbers[start:]
    yield from numbers[:start]


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"
