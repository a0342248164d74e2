"""What the checks demand: counts, widths, refusals, distances; and statuses by their skips."""

import json
from collections.abc import Callable
from typing import NoReturn

import numpy as np
import pytest
from _pytest.outcomes import Skipped

from conformance import expect
from conformance.data import tolerances
from conformance.data.tolerances import Array
from conformance.expect import statuses
from conformance.expect.statuses import Nonconformity
from conformance.transport.exchange import Exchange


def answered(body: object, status: int = 200, encoding: str = "identity") -> Exchange:
    """An answer: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-encoding": encoding}
    return Exchange("POST", "http://h/vectorize", status=status, headers=headers, body=raw)


GOOD = {"textVectors": [[1, 2], [3, 4]], "imageVectors": [[5, 6]]}


def test_vectors_come_as_two_matrices() -> None:
    got = expect.vectors(answered(GOOD), 2, 1)
    assert got.texts.tolist() == [[1, 2], [3, 4]]
    assert got.images.shape == (1, 2)
    assert got.images.dtype == np.float32


@pytest.mark.parametrize("absent", [{}, {"imageVectors": None}, {"imageVectors": []}])
def test_an_absent_kind_has_no_rows(absent: dict[str, None]) -> None:
    assert expect.vectors(answered({"textVectors": [[1]], **absent}), 1, 0).images.shape == (0, 1)


@pytest.mark.parametrize(
    ("body", "status", "got"),
    [
        (GOOD, 404, "status 404"),
        (GOOD, 302, "status 302"),
        ({"textVectors": [[1, 2]], "imageVectors": [[5, 6]]}, 200, "1 textVectors and 1 imageV"),
        ({"textVectors": [[1, 2], [3, 4]]}, 200, "2 textVectors and 0 imageVectors"),
        ({"textVectors": [[1, 2], [3]], "imageVectors": [[5, 6]]}, 200, "widths [1, 2]"),
        ({"textVectors": [[], []], "imageVectors": [[]]}, 200, "widths [0]"),
        ({"textVectors": [[1, None], [3, 4]], "imageVectors": [[5, 6]]}, 200, "null inside"),
        ({"textVectors": [[[1, 2], [3, 4]]], "imageVectors": [[5, 6]]}, 200, ""),
        (b"<p>", 200, ""),
        (b"", 200, ""),
        (b'{"textVectors": [[NaN]]}', 200, ""),
    ],
)
def test_what_is_not_two_texts_and_a_image(body: object, status: int, got: str) -> None:
    with pytest.raises(Nonconformity) as problem:
        expect.vectors(answered(body, status), 2, 1)
    assert got in problem.value.got


def test_another_encoding_than_gzip_cannot_be_read() -> None:
    with pytest.raises(Nonconformity, match="Content-Encoding br"):
        expect.readable(answered(GOOD, encoding="br"))


@pytest.mark.parametrize(
    ("body", "status"),
    [({"error": "no"}, 200), ({"error": ""}, 422), ({"error": " "}, 422), ({}, 500), (b"no", 400)],
)
def test_what_is_no_refusal(body: object, status: int) -> None:
    with pytest.raises(Nonconformity):
        expect.refusal(answered(body, status))


def test_a_refusal_says_why() -> None:
    assert expect.refusal(answered({"error": "no image"}, 422)) == "no image"


def test_a_failure_on_the_wire_is_no_answer() -> None:
    with pytest.raises(Nonconformity, match="got no connection; expected an answer"):
        expect.answered(Exchange("GET", "http://h", failure="no connection"))


def array(numbers: object) -> Array:
    """The numbers in float32."""
    return np.asarray(numbers, dtype=np.float32)


ROWS = array([[3, 4], [0, 1]])


def test_rows_are_the_same_within_a_relative_distance() -> None:
    expect.same(ROWS * 1.01, ROWS, "rows", within=0.02)
    with pytest.raises(Nonconformity, match="row 1 is off by"):
        expect.same(ROWS * array([[1], [1.1]]), ROWS, "rows", within=0.02)


def test_rows_of_another_shape_are_not_the_same() -> None:
    with pytest.raises(Nonconformity, match="shape"):
        expect.same(ROWS[:1], ROWS, "rows")


def test_equal_rows_are_not_distinct() -> None:
    expect.distinct(ROWS, ["one", "two"])
    with pytest.raises(Nonconformity, match="the same vector for 'one' and 'three'"):
        expect.distinct(ROWS[[0, 1, 0]], ["one", "two", "three"])


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [([3, 4], [3, 4], 0), ([3, 4], [6, 8], 0.5), ([1, 0], [-1, 0], 2), ([0, 0], [0, 0], 0)],
)
def test_distance(one: list[float], other: list[float], apart: float) -> None:
    assert tolerances.distance(array(one), array(other)) == pytest.approx(apart)


def test_cosines_of_a_zero_vector_are_zero() -> None:
    got = tolerances.cosines(array([[1, 0], [0, 0]]), array([[2, 0], [0, 3]]))
    assert got.tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize(
    "leak",
    [
        "Traceback (most recent call last)",
        "cannot identify image file <_io.BytesIO object at 0x7f1bf9f04680>",
        'File "x"',
        "in /app/clip.py line 3",
    ],
)
def test_leaks_are_seen(leak: str) -> None:
    assert expect.LEAKS.search(leak)


@pytest.mark.parametrize("fine", ["the image at index 0 is broken", "POST /vectorize takes JSON"])
def test_plain_words_are_no_leak(fine: str) -> None:
    assert not expect.LEAKS.search(fine)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (statuses.not_applicable, "n/a"),
        (statuses.not_run, "not run"),
        (statuses.disabled, "disabled"),
        (pytest.skip, "skipped"),
    ],
)
def test_a_skip_carries_its_status(end: Callable[[str], NoReturn], status: str) -> None:
    with pytest.raises(Skipped) as skip:
        end("why")
    assert statuses.status_from_skip(str(skip.value)) == (status, "why")
