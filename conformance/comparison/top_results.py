"""What a user would notice: whether searches still return the same objects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conformance.data import tolerances
from conformance.data.tolerances import Array

TOP = 10
TIE = 1e-4
"""Of a cosine: objects this close may change places."""


@dataclass(frozen=True)
class Agreement:
    """How many queries return the same top results on both sides."""

    same: int
    queries: int
    top: int

    def __str__(self) -> str:
        return f"{self.same} of {self.queries} queries return the same top {self.top}"


def agreement(
    queries: tuple[Array, Array], objects: tuple[Array, Array], top: int = TOP
) -> Agreement | None:
    """Queries (n, d) over objects (m, d), here and there; None where every object is a result.

    The results are the same where each of one side's is among the other's, or as near as its last.
    """
    if len(objects[0]) <= top or not len(queries[0]):
        return None
    here, there = (
        tolerances.cosines(query, rows) for query, rows in zip(queries, objects, strict=True)
    )
    same = [_among(a, b, top) and _among(b, a, top) for a, b in zip(here, there, strict=True)]
    return Agreement(sum(same), len(same), top)


def _among(one: Array, other: Array, top: int) -> bool:
    last = np.sort(other)[-top]
    return bool(np.all(other[np.argsort(-one)[:top]] >= last - TIE))


def stacked(rows: Sequence[Array]) -> Array | None:
    """Vectors as one array (n, d); None without any, or where they have not one dimension."""
    return np.stack(rows) if len({row.shape for row in rows}) == 1 else None
