"""What Weaviate computes from the endpoint's vectors, done again here.

Source: weaviate/weaviate 1.39.0, modules/multi2vec-clip/vectorizer/vectorizer.go,
usecases/vectorizer and usecases/modulecomponents/arguments/nearText/searcher_movements.go.
"""

from collections.abc import Sequence

import numpy as np

from conformance.data.tolerances import Array


def combined(rows: Sequence[Array], weights: Sequence[float] | None = None) -> Array:
    """The vector of an object, (d,): its fields' vectors, weighted, divided by their number.

    Weights are first divided by their sum; without weights this is the mean. Where there are more
    weights than rows, for a field is empty, the last ones count in that sum alone. The result is
    not normalised.
    """
    stacked = np.stack(rows).astype(np.float64)
    shares = np.ones(len(rows)) if weights is None else np.asarray(weights) / np.sum(weights)
    mean: Array = (shares[: len(rows)] @ stacked / len(rows)).astype(np.float32)
    return mean


def moved_to(source: Array, target: Array, force: float) -> Array:
    """A query's vector after ``move_to`` with that force: half the force is the share."""
    return source * np.float32(1 - force / 2) + target * np.float32(force / 2)


def moved_away(source: Array, target: Array, force: float) -> Array:
    """A query's vector after ``move_away`` with that force."""
    return source + np.float32(force / 2) * (source - target)
