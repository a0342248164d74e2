"""Weaviate's formulas, with values calculated by hand."""

import numpy as np
import pytest

from conformance.data.tolerances import Array
from conformance.weaviate.expected_results import combined, moved_away, moved_to


def row(*values: float) -> Array:
    return np.array(values, dtype=np.float32)


def test_without_weights_the_mean_is_taken() -> None:
    assert combined([row(1, 2), row(3, 6)]).tolist() == [2, 4]


def test_weights_are_divided_by_their_sum_and_the_sum_by_the_count() -> None:
    assert combined([row(1, 0), row(0, 1)], (1, 3)).tolist() == [0.125, 0.375]


@pytest.mark.parametrize(("force", "wanted"), [(0, [1, 0]), (1, [0.5, 0.5]), (0.5, [0.75, 0.25])])
def test_half_the_force_is_the_share_of_the_goal(force: float, wanted: list[float]) -> None:
    assert moved_to(row(1, 0), row(0, 1), force).tolist() == wanted


def test_moving_away_overshoots() -> None:
    assert moved_away(row(1, 0), row(0, 1), 1).tolist() == [1.5, -0.5]
