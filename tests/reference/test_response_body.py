"""Writing vectors."""

import json

import numpy as np

from reference import response_body
from reference.response_body import Vector


def vector(*numbers: float) -> Vector:
    return np.asarray(numbers, dtype=np.float32)


def test_every_float32_comes_back_exactly() -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 20_000, dtype=np.uint32)
    numbers = np.concatenate([bits.view(np.float32), vector(0, -0.0, 1e-45, 3.4028235e38)])
    row = numbers[np.isfinite(numbers)]
    [read] = json.loads(response_body.body([row], []))["textVectors"]
    assert np.array_equal(vector(*read), row)


def test_rows_keep_their_order_and_place() -> None:
    text, first, second = vector(1, 2), vector(3, 4), vector(0.5, -1)
    assert json.loads(response_body.body([text], [first, second])) == {
        "textVectors": [[1, 2]],
        "imageVectors": [[3, 4], [0.5, -1]],
    }


def test_nothing_asked_is_two_empty_lists() -> None:
    assert json.loads(response_body.body([], [])) == {"textVectors": [], "imageVectors": []}
