"""Vectors together with the exchanges that they came from, and a check's measurements."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from conformance.data.tolerances import Array
from conformance.transport.exchange import Exchange

Measure = Callable[[str, float | str], None]
"""Call it with a name and a value."""
Figure = dict[str, Any]
"""The data of a heat map: ``rows`` and ``columns`` (names) and ``values`` (one list per row)."""


@dataclass(frozen=True)
class Observation:
    """One vector (d,) and the exchange that gave it."""

    vector: Array
    exchange: Exchange


@dataclass(frozen=True)
class Observations:
    """Vectors (n, d) of one kind, and for each row the exchange that gave it."""

    vectors: Array
    exchanges: tuple[Exchange, ...]

    def __len__(self) -> int:
        return len(self.vectors)

    def __iter__(self) -> Iterator[Observation]:
        return map(Observation, self.vectors, self.exchanges)

    @overload
    def __getitem__(self, place: int) -> Observation: ...

    @overload
    def __getitem__(self, place: slice | Sequence[int]) -> "Observations": ...

    def __getitem__(self, place: int | slice | Sequence[int]) -> "Observation | Observations":
        """One observation for an index, several for a slice or a list of indices."""
        if isinstance(place, int):
            return Observation(self.vectors[place], self.exchanges[place])
        places = range(len(self))[place] if isinstance(place, slice) else place
        return Observations(self.vectors[list(places)], tuple(self.exchanges[i] for i in places))

    @property
    def dimension(self) -> int:
        """The number of components of a vector."""
        return int(self.vectors.shape[1])


@dataclass(frozen=True)
class Vectors:
    """The vectors of one response: of its texts (n, d) and of its images (m, d)."""

    texts: Observations
    images: Observations


def of_response(rows: Sequence[Array], exchange: Exchange) -> Observations:
    """Rows of the same dimension, all from one response; no rows give (0, 0)."""
    matrix = np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
    return Observations(matrix, (exchange,) * len(rows))
