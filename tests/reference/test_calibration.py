"""Measurements made when a model is loaded: batch sizes, and data types other than float32."""

from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest
import torch

from reference import calibration, weights
from reference.encoders import Placement
from reference.encoders.shared import attention
from reference.errors import UnloadableError
from reference.inputs import Inputs, Kind, Vectors
from reference.model import BatchSizes, Computing, Model, Preparing
from tests.reference.conftest import MeanColor


class Rounding(Computing):
    """Rounds differently in batches of some sizes, as a matrix product may."""

    def __init__(self, *sizes: int) -> None:
        super().__init__(MeanColor(), Placement())
        self._sizes = sizes

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        vectors = super().__call__(kind, items).copy()
        if len(items) in self._sizes:
            vectors[-1] = np.nextafter(vectors[-1], np.float32(1e9))
        return vectors


def found(*rounded: int, tick: float = 0.001, device: str = "cpu") -> list[int]:
    """The batch sizes that are found if every call takes one `tick`, regardless of the size."""
    ticks = count()
    model = Model(Preparing(MeanColor()), Rounding(*rounded))
    return calibration.image_sizes(model, device, lambda: next(ticks) * tick)


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


def test_a_batch_that_is_filled_up_has_as_many_vectors_as_were_asked_for() -> None:
    inputs = [Preparing(MeanColor())("image", calibration.noise(seed)) for seed in range(2)]
    alone = Computing(MeanColor(), Placement())("image", inputs)
    filled = Computing(MeanColor(), Placement(), fewest_images=4)("image", inputs)
    assert np.array_equal(filled, alone)


class Counting(Computing):
    """Counts the items that its encoder gets."""

    def __init__(self, *sizes: int) -> None:
        super().__init__(self, Placement(), text_sizes=sizes)  # type: ignore[arg-type]
        self.given: list[int] = []

    def text_vectors(self, inputs: Inputs) -> torch.Tensor:
        self.given.append(len(inputs["row"]))
        return MeanColor().text_vectors(inputs)

    image_vectors = text_vectors


def test_texts_are_filled_up_to_the_next_size_and_each_shape_is_warmed_up() -> None:
    computing = Counting(1, 2, 4)
    items = [MeanColor().text_inputs(letter) for letter in "abc"]
    assert [len(computing("text", items[:number])) for number in (1, 2, 3)] == [1, 2, 3]
    assert computing.given == [1, 2, 4]
    sizes = BatchSizes(filled_texts=(1, 2, 4))
    calibration.warm_up(Model(Preparing(MeanColor()), computing, sizes))
    assert computing.given[3:] == [1, 2, 4]


@pytest.mark.parametrize("kind", ["text", "image"])
def test_attention_is_computed_whichever_may_be_chosen(kind: Kind) -> None:
    rows = torch.randn(1, 1, 4, 8)
    with attention(kind, "cuda"):
        chosen = torch.nn.functional.scaled_dot_product_attention(rows, rows, rows)
    assert torch.allclose(chosen, (rows @ rows.mT / 8**0.5).softmax(-1) @ rows, atol=1e-5)


class Timed(Computing):
    """Takes two ticks of the clock per batch in float32, and `other` ticks in another data type."""

    now = 0

    def __init__(self, placement: Placement, other: int) -> None:
        super().__init__(MeanColor(), placement)
        self._ticks = 2 if placement.dtype == "float32" else other

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        Timed.now += self._ticks
        return super().__call__(kind, items)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "perf_counter", lambda: Timed.now)


def load(wanted: str, other: int) -> tuple[str, calibration.Comparison | None]:
    build = lambda placement: Model(Preparing(MeanColor()), Timed(placement, other))  # noqa: E731
    model, compared = calibration.in_number_format(build, "cpu", wanted)
    return model.computing.placement.dtype, compared


def test_float32_is_compared_with_nothing() -> None:
    assert load("float32", 1) == ("float32", None)


@pytest.mark.parametrize(("wanted", "taken"), [("float16", "float16"), ("auto", "bfloat16")])
def test_a_faster_format_is_taken_and_what_it_costs_is_said(wanted: str, taken: str) -> None:
    dtype, compared = load(wanted, 1)
    assert (dtype, compared and compared.speed) == (taken, 2)
    # The fake model computes nothing, but its inputs are rounded to the data type.
    assert compared
    assert 0.999 < compared.lowest_cosine <= 1.000001
    assert set(compared.document()) == {"speed", "lowest_cosine"}


def test_a_slower_format_is_refused_with_the_reason() -> None:
    with pytest.raises(UnloadableError, match=r"bfloat16: on cpu .* at 0\.50 times the speed"):
        load("bfloat16", 4)


def test_auto_stays_with_float32_where_that_is_faster() -> None:
    assert load("auto", 4) == ("float32", None)


def test_a_model_is_measured_and_described() -> None:
    measured = weights.measured(weights.unmeasured(MeanColor(), Placement()), 7, {"more": 1})
    assert measured.encode_texts(["a", "b"]).shape == (2, 7)
    assert {"dtype": "float32", "dimensions": 7, "more": 1}.items() <= measured.description.items()
    assert measured.description["versions"].keys() == {"numpy", "pillow"}
