"""Measure what a case of each check requests: ``python -m lab.costs`` writes `fixtures/costs.toml`.

It runs the suite against the reference with a stand-in, and a part of it again as for published
weights. It counts the requests of each case, what is in them (texts, images, megapixels, thousands
of characters), and the suite's own seconds.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from conformance.data.clauses import all_clauses
from conformance.options.settings import Given, make_settings
from conformance.options.table import COMMAND_LINE
from conformance.session import QUIET, Session, clause_of, execute
from conformance.transport.endpoint import opened
from conformance.transport.exchange import Exchange
from conformance.transport.pace import asked
from conformance.transport.reference_process import Reference

FILE: Final = Path(__file__).parents[1] / "fixtures" / "costs.toml"
TAG: Final = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
PUBLISHED: Final = ("IMG-09", *(name for name in all_clauses() if name.startswith("ALN-")))
"""The clauses that request something else for published weights."""
WAIT: Final = 120.0
HEAD: Final = """\
# The average requests, texts, images, megapixels and thousands of characters of long texts of a
# case of each check, and the seconds that the suite itself takes. They determine a run's estimate
# and the cases that its budget leaves out.
# Made by `python -m lab.costs`.
[checks]
"""


class Ledger:
    """A pytest plugin that counts what the cases of a run request."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked = np.zeros(5)
        self._counting = 0.0
        """Seconds that the counting itself took."""
        self.cases: dict[str, list[Any]] = {}
        """For each check the rows of its cases."""

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Listener of the client."""
        start = time.perf_counter()
        for load in (asked(each.request_body) for each in exchanges if each.method == "POST"):
            self._asked += (1, load.texts, load.images, load.megapixels, load.kilochars)
        self._counting += time.perf_counter() - start

    def pytest_collection_finish(self) -> None:
        """Start listening."""
        self._session.client.listeners.insert(0, self.heard)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Count one case."""
        self._asked[:], self._counting = 0, 0.0
        start, before = time.perf_counter(), self._session.client.endpoint_seconds
        result = yield
        endpoint = self._session.client.endpoint_seconds - before
        own = max(0.0, time.perf_counter() - start - endpoint - self._counting)
        if clause_of(item) is not None:
            name = item.nodeid.rpartition("checks/")[2].partition("[")[0]
            self.cases.setdefault(name, []).append([*self._asked, own])
        return result


def measure() -> dict[str, list[float]]:
    """The mean of the cases of each check, with the weights with which it requests more."""
    with Reference(TAG, "stand-in") as reference, opened(reference.url, WAIT) as endpoint:
        reference.preflight(endpoint, WAIT)
        target = {"url": reference.url, "model": TAG, "budget": 1e6}
        every = _means({**target, "weights": "stand-in", "weaviate": "embedded"})
        # The stand-in is far from the published values, which does not change what is requested.
        published = _means({**target, "weights": "published", "clause": PUBLISHED})
    return {
        name: max(row, published.get(name, row), key=lambda one: one[:-1])
        for name, row in every.items()
    }


def _means(options: dict[str, Any]) -> dict[str, list[float]]:
    session = Session(make_settings({k: Given(v, COMMAND_LINE) for k, v in options.items()}))
    ledger = Ledger(session)
    execute(session, QUIET, others=[ledger])
    return {name: np.mean(cases, axis=0).tolist() for name, cases in sorted(ledger.cases.items())}


def main() -> int:
    """Write the file."""
    rows = [
        f'"{name}" = [{", ".join(f"{figure:.4g}" for figure in figures)}]\n'
        for name, figures in measure().items()
    ]
    FILE.write_text(HEAD + "".join(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
