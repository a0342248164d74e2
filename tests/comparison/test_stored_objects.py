"""The comparison detects how stored vectors were computed from the objects' fields."""

import numpy as np
import pytest

from conformance.comparison.stored_objects import Fields, as_documented, best_fit
from conformance.data.tolerances import Array
from conformance.weaviate.expected_results import combined

RANDOM = np.random.default_rng(8)
OBJECTS = 5


def vector() -> Array:
    """A random vector of arbitrary norm: (64,)."""
    return RANDOM.normal(size=64).astype(np.float32)


@pytest.fixture
def fields() -> list[Fields]:
    weights = (0.5, 0.2, 0.3)
    return [Fields([vector(), vector()], [vector()], weights) for _ in range(OBJECTS)]


@pytest.mark.parametrize(
    ("way", "weights"),
    [
        ("weights ignored", None),
        ("weights in a different order", (0.2, 0.5, 0.3)),
        ("weights in a different order", (0.3, 0.2, 0.5)),
        ("only texts", (0.5, 0.5, 0)),
        ("only images", (0, 0, 3)),
    ],
)
def test_the_way_is_named(
    fields: list[Fields], way: str, weights: tuple[float, ...] | None
) -> None:
    scale = {"only texts": 3.0, "only images": 3.0}.get(way, 1.0)
    stored = [combined(each.rows, weights) * np.float32(scale) for each in fields]
    found = best_fit(fields, stored)
    assert found is not None
    assert (found.way, found.within) == (way, OBJECTS)
    assert found.distance < 1e-6


def test_swapped_kinds_are_named() -> None:
    one_each = [Fields([vector()], [vector()], (0.9, 0.1)) for _ in range(OBJECTS)]
    stored = [combined(each.rows, (0.1, 0.9)) for each in one_each]
    found = best_fit(one_each, stored)
    assert found is not None
    assert found.way == "weights of texts and images swapped"


def test_the_old_server_is_named() -> None:
    one_each = [Fields([vector()], [vector()], (0.9, 0.1)) for _ in range(OBJECTS)]
    found = best_fit(one_each, [combined(each.rows) * np.float32(0.5) for each in one_each])
    assert found is not None
    assert found.way.startswith("weights ignored, as before 1.21.4")


def test_a_sum_and_normalized_rows_are_named(fields: list[Fields]) -> None:
    summed = best_fit(fields, [as_documented(each) * 3 for each in fields])
    units = [[row / np.float32(np.linalg.norm(row)) for row in each.rows] for each in fields]
    normalized = best_fit(fields, [combined(rows, (0.5, 0.2, 0.3)) for rows in units])
    assert summed is not None
    assert normalized is not None
    assert summed.way == "the sum, not divided by the number of fields"
    assert normalized.way == "every field's vector normalized first"


def test_another_model_fits_in_no_way(fields: list[Fields]) -> None:
    assert best_fit(fields, [vector() for _ in fields]) is None
    assert best_fit(fields, [vector()[:8] for _ in fields]) is None


def test_a_missing_field_leaves_its_weight_in_the_sum() -> None:
    text = vector()
    assert np.allclose(as_documented(Fields([text], [], (0.2, 0.8))), text * 0.2)
