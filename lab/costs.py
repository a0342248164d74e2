"""Measure what a case of each check requests: ``python -m lab.costs`` writes `fixtures/costs.toml`.

It runs the suite against the reference with a stand-in, and a part of it again as for published
weights. It counts the requests of each case, what is in them (texts, images, megapixels, thousands
of characters), and the suite's own seconds. Then it runs each check alone, to see what the check
requests if no other check has requested it before.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.data.clauses import all_clauses
from conformance.options.settings import Given, make_settings
from conformance.options.table import COMMAND_LINE
from conformance.running import QUIET, execute
from conformance.session import Session, clause_of
from conformance.transport.endpoint import opened
from conformance.transport.exchange import Exchange
from conformance.transport.pace import asked
from conformance.transport.reference_process import Reference

FILE: Final = Path(__file__).parents[1] / "fixtures" / "costs.toml"
TAG: Final = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
PUBLISHED: Final = ("IMG-09", *(name for name in all_clauses() if name.startswith("ALN-")))
"""The clauses that request something else for published weights."""
Figures = NDArray[np.float64]
WAIT: Final = 120.0
HEAD: Final = """\
# The average requests, texts, images, megapixels and thousands of characters of long texts of a
# case of each check, and the seconds that the suite itself takes. They determine a run's estimate
# and the cases that its budget leaves out. `shared` lists what all cases of a check request in
# addition if the named check, which otherwise requests it first, is not part of the run.
# Made by `python -m lab.costs`.
[checks]
"""
SHARED: Final = "\n[shared]\n"
LEAST_SHARED: Final = 4
"""Texts and images below which a shared request is left out of the table."""


class Ledger:
    """A pytest plugin that counts what the cases of a run request."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked = np.zeros(5)
        self._counting = 0.0
        """Seconds that the counting itself took."""
        self._items: list[tuple[str, Figures]] = []
        self.cases: dict[str, list[Figures]] = {}
        """For each check the rows of its cases."""
        self.items: dict[str, list[tuple[str, Figures]]] = {}
        """For each check its items, each with what it counts."""

    def heard(self, exchanges: Sequence[Exchange]) -> None:
        """Listener of the client."""
        start = time.perf_counter()
        for load in (asked(each.request_body) for each in exchanges if each.method == "POST"):
            self._asked += (1, load.texts, load.images, load.megapixels, load.kilochars)
        for each in exchanges:
            self._items += _items(each.request_body)
        self._counting += time.perf_counter() - start

    def pytest_collection_finish(self) -> None:
        """Start listening."""
        self._session.client.listeners.insert(0, self.heard)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Count one case."""
        self._asked[:], self._items, self._counting = 0, [], 0.0
        start, before = time.perf_counter(), self._session.client.endpoint_seconds
        result = yield
        endpoint = self._session.client.endpoint_seconds - before
        own = max(0.0, time.perf_counter() - start - endpoint - self._counting)
        if clause_of(item) is not None:
            name = item.nodeid.rpartition("checks/")[2].partition("[")[0]
            self.cases.setdefault(name, []).append(np.array([*self._asked, own]))
            self.items.setdefault(name, []).extend(self._items)
        return result


def _items(body: bytes) -> list[tuple[str, Figures]]:
    """The items of a request, each with its part of the row."""
    load = asked(body)
    if not load.texts + load.images:
        return []
    document = json.loads(body)
    every = [{kind: [item]} for kind in ("texts", "images") for item in document.get(kind) or ()]
    found = []
    for each in every:
        one = asked(written := json.dumps(each).encode())
        row = (1 / len(every), one.texts, one.images, one.megapixels, one.kilochars)
        found.append((sha256(written).hexdigest(), np.array(row)))
    return found


def measure() -> Iterator[str]:
    """The lines of the file."""
    with Reference(TAG, "stand-in") as reference, opened(reference.url, WAIT) as endpoint:
        reference.preflight(endpoint, WAIT)
        target = {"url": reference.url, "model": TAG, "budget": 1e6, "weights": "stand-in"}
        whole = _ledger({**target, "weaviate": "embedded"})
        # The stand-in is far from the published values, which does not change what is requested.
        published = _ledger({**target, "weights": "published", "clause": PUBLISHED})
        for name, row in sorted(_means(whole).items()):
            most = max(row, _means(published).get(name, row), key=lambda one: one[:-1])
            yield f'"{name}" = {_shown(most)}\n'
        yield SHARED
        # The check that requests an item first.
        owners = {item: name for name in [*whole.items][::-1] for item, _ in whole.items[name]}
        for name in sorted(each for each in whole.cases if not each.startswith("weaviate/")):
            alone = _ledger({**target, "weaviate": "off"}, "-k", name.partition("::")[2])
            if parts := _shared(name, alone, whole, owners):
                shown = ", ".join(f'"{other}" = {_shown(row)}' for other, row in parts.items())
                yield f'"{name}" = {{{shown}}}\n'


def _shared(
    name: str, alone: Ledger, whole: Ledger, owners: dict[str, str]
) -> dict[str, list[float]]:
    """What a check requests in addition when it runs alone, by the check that usually does."""
    own = Counter(item for item, _ in whole.items[name])
    parts: dict[str, Figures] = {}
    for item, row in alone.items.get(name, ()):
        own[item] -= 1
        other = owners.get(item, name)
        if own[item] < 0 and other != name:
            parts[other] = parts.get(other, np.zeros_like(row)) + row
    return {other: row.tolist() for other, row in parts.items() if row[1:3].sum() >= LEAST_SHARED}


def _ledger(options: dict[str, Any], *words: str) -> Ledger:
    session = Session(make_settings({k: Given(v, COMMAND_LINE) for k, v in options.items()}))
    ledger = Ledger(session)
    execute(session, [*QUIET, *words], others=[ledger])
    return ledger


def _means(ledger: Ledger) -> dict[str, list[float]]:
    return {name: np.mean(cases, axis=0).tolist() for name, cases in ledger.cases.items()}


def _shown(row: Sequence[float]) -> str:
    return f"[{', '.join(f'{figure:.4g}' for figure in row)}]"


def main() -> int:
    """Write the file."""
    FILE.write_text(HEAD + "".join(measure()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
