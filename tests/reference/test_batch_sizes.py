"""Which batch sizes are found to leave an image's vector alone."""

from collections.abc import Sequence
from itertools import count

import numpy as np

from reference import batch_sizes
from reference.encoders import Placement
from reference.encoders.inputs import Inputs
from reference.inference import Computing, Kind, Vectors
from tests.reference.conftest import MeanColour


class Rounding(Computing):
    """Rounds otherwise in batches of some sizes, as a matrix product may."""

    def __init__(self, *sizes: int) -> None:
        super().__init__(MeanColour(), Placement())
        self._sizes = sizes

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        vectors = super().__call__(kind, items).copy()
        if len(items) in self._sizes:
            vectors[-1] = np.nextafter(vectors[-1], np.float32(1e9))
        return vectors


def found(*rounded: int, tick: float = 0.001, device: str = "cpu") -> list[int]:
    """Sizes found where every call takes one `tick`, whatever the batch."""
    ticks = count()
    return batch_sizes.image_sizes(Rounding(*rounded), device, lambda: next(ticks) * tick)


def test_sizes_that_change_no_bit_are_used() -> None:
    assert found() == [1, 2, 4, 8]


def test_a_size_that_changes_the_last_bit_of_one_row_is_not() -> None:
    assert found(4) == [1, 2, 8]


def test_a_slow_model_is_not_tried_for_long() -> None:
    assert found(tick=10) == [1]


def test_a_gpu_fills_up_where_one_alone_is_rounded_unlike_all_others() -> None:
    assert found(1, device="cpu") == [1]
    assert found(1, device="cuda") == [2, 4, 8, 16, 32, 64]
    assert found(1, 2, 16, device="cuda") == [4, 8, 32, 64]


def test_what_is_filled_up_has_as_many_vectors_as_were_asked_for() -> None:
    computing = Rounding()
    one, other = (computing.inputs("image", batch_sizes.noise(seed)) for seed in range(2))
    alone = computing("image", [one, other])
    computing.fewest_images = 4
    assert np.array_equal(computing("image", [one, other]), alone)
