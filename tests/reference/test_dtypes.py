"""Other number formats: taken if faster, refused with the reason if not."""

import time
from collections.abc import Sequence

import pytest

from reference import dtypes
from reference.encoders import Placement, UnloadableError
from reference.encoders.inputs import Inputs
from reference.inference import Computing, Kind, Vectors
from tests.reference.conftest import MeanColour


class Timed(Computing):
    """Takes so many seconds a batch in another format than float32, and 0.02 in that."""

    def __init__(self, placement: Placement, other: float) -> None:
        super().__init__(MeanColour(), placement)
        self._seconds = 0.02 if placement.dtype == "float32" else other

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        time.sleep(self._seconds)
        return super().__call__(kind, items)


def load(wanted: str, other: float) -> tuple[str, dtypes.Comparison | None]:
    build = lambda placement: Timed(placement, other)  # noqa: E731
    computing, compared = dtypes.loaded(build, "cpu", wanted)
    return computing.placement.dtype, compared


def test_float32_is_compared_with_nothing() -> None:
    assert load("float32", 0) == ("float32", None)


@pytest.mark.parametrize(("wanted", "taken"), [("float16", "float16"), ("auto", "bfloat16")])
def test_a_faster_one_is_taken_and_what_it_costs_is_said(wanted: str, taken: str) -> None:
    dtype, compared = load(wanted, 0.001)
    assert dtype == taken
    assert compared is not None
    assert compared.speed > 2
    # The made-up model computes nothing; but its inputs are rounded to the format.
    assert 0.999 < compared.lowest_cosine <= 1.000001
    assert set(compared.document()) == {"speed", "lowest_cosine"}


def test_a_slower_one_is_refused_with_the_reason() -> None:
    with pytest.raises(UnloadableError, match=r"bfloat16: on cpu .* at 0\.\d\d times the speed"):
        load("bfloat16", 0.08)


def test_auto_stays_with_float32_where_that_is_faster() -> None:
    assert load("auto", 0.08) == ("float32", None)
