"""Seconds that good answers took, summed up by the kind of request."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from conformance.transport.client import Sample

DIGITS = 4


def summary(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Count, median, 95th percentile and longest of each kind, the most frequent first."""
    kinds: dict[str, list[float]] = {}
    for kind, seconds in samples:
        kinds.setdefault(kind, []).append(seconds)
    rows = sorted(kinds.items(), key=lambda row: (-len(row[1]), row[0]))
    return [{"request": kind, "count": len(times), **_figures(times)} for kind, times in rows]


def _figures(times: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(float(np.median(times)), DIGITS),
        "p95": round(float(np.percentile(times, 95)), DIGITS),
        "longest": round(max(times), DIGITS),
    }
