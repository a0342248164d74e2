"""Assertions about counts, dimensions, refusals and distances, and how checks are skipped."""

import json
from collections.abc import Callable
from typing import NoReturn

import numpy as np
import pytest

from conformance import expect
from conformance.data import statuses, tolerances
from conformance.data.tolerances import Array
from conformance.expect import Nonconformity, Observations, PrerequisiteFailed, given
from conformance.expect.nonconformity import CauseKind
from conformance.expect.responses import LEAKS
from conformance.transport.exchange import Exchange, Failure, FailureKind


def answered(body: object, status: int = 200, encoding: str = "identity") -> Exchange:
    """A response: bytes unchanged, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-encoding": encoding}
    return Exchange("POST", "http://h/vectorize", status=status, headers=headers, body=raw)


GOOD = {"textVectors": [[1, 2], [3, 4]], "imageVectors": [[5, 6]]}


def test_vectors_come_as_two_matrices() -> None:
    got = expect.vectors(answered(GOOD), 2, 1)
    assert got.texts.vectors.tolist() == [[1, 2], [3, 4]]
    assert got.images.vectors.shape == (1, 2)
    assert got.images.vectors.dtype == np.float32


@pytest.mark.parametrize("absent", [{}, {"imageVectors": None}, {"imageVectors": []}])
def test_an_absent_kind_has_no_rows(absent: dict[str, None]) -> None:
    got = expect.vectors(answered({"textVectors": [[1]], **absent}), 1, 0)
    assert got.images.vectors.shape == (0, 0)


@pytest.mark.parametrize(
    ("body", "status", "got"),
    [
        (GOOD, 404, "status 404"),
        (GOOD, 302, "status 302"),
        ({"textVectors": [[1, 2]], "imageVectors": [[5, 6]]}, 200, "1 textVectors and 1 imageV"),
        ({"textVectors": [[1, 2], [3, 4]]}, 200, "2 textVectors and 0 imageVectors"),
        ({"textVectors": [[1, 2], [3]], "imageVectors": [[5, 6]]}, 200, "dimensions [1, 2]"),
        ({"textVectors": [[], []], "imageVectors": [[]]}, 200, "without numbers"),
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
    with pytest.raises(Nonconformity, match="Content-Encoding: br"):
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


def array(numbers: object) -> Array:
    return np.asarray(numbers, dtype=np.float32)


def seen(numbers: Array) -> Observations:
    return Observations(numbers, tuple(answered({}) for _ in numbers))


ROWS = array([[3, 4], [0, 1]])


def test_rows_are_the_same_within_a_relative_distance() -> None:
    expect.same(seen(ROWS * 1.01), seen(ROWS), "rows", within=0.02)
    with pytest.raises(Nonconformity, match="row 1 has a different vector"):
        expect.same(seen(ROWS * array([[1], [1.1]])), seen(ROWS), "rows", within=0.02)


def test_a_failed_comparison_shows_both_sides() -> None:
    one, other = seen(ROWS), seen(ROWS[::-1])
    with pytest.raises(Nonconformity) as problem:
        expect.same(one, other, "rows")
    row = int(problem.value.got.split("row ")[1][0])
    assert problem.value.exchanges == (one.exchanges[row], other.exchanges[row])
    assert problem.value.exchanges[0] is one.exchanges[row]


def test_rows_of_another_dimension_are_not_the_same() -> None:
    with pytest.raises(Nonconformity, match="dimensions 1 and 2") as problem:
        expect.same(seen(ROWS[:, :1]), seen(ROWS), "rows")
    assert problem.value.cause.kind is CauseKind.DIMENSION


def test_rows_correspond_where_each_is_nearest_to_its_own() -> None:
    expect.corresponding(seen(ROWS * 1.1), seen(ROWS), "rows")
    with pytest.raises(Nonconformity, match=r"row 0 \(counted from 0\) has the vector of item 1"):
        expect.corresponding(seen(ROWS[::-1]), seen(ROWS), "rows")


def test_a_row_that_is_wrong_in_itself_is_not_out_of_order() -> None:
    expect.corresponding(seen(ROWS[::-1] * 1.1), seen(ROWS), "rows")


def test_equal_is_equal_bit_for_bit() -> None:
    rows = seen(ROWS)
    expect.equal(rows[0], rows[0], "a row")
    with pytest.raises(Nonconformity, match="differ by up to"):
        expect.equal(rows[0], seen(ROWS + array(1e-6))[0], "a row")


def test_equal_rows_are_not_distinct() -> None:
    expect.distinct(seen(ROWS), ["one", "two"])
    with pytest.raises(Nonconformity, match="the same vector for 'one' and 'three'"):
        expect.distinct(seen(ROWS)[[0, 1, 0]], ["one", "two", "three"])


def test_what_is_given_leaves_the_clause_unjudged() -> None:
    with pytest.raises(PrerequisiteFailed, match="status 500") as problem:
        given.vectors(answered({"error": "no"}, 500), 1, 0)
    assert problem.value.cause.kind is CauseKind.REFUSED
    assert problem.value.cause.signature == "500 no"


def test_an_unreadable_failure_has_no_words() -> None:
    with pytest.raises(Nonconformity) as problem:
        expect.refusal(answered(b"<h1>Oops</h1>", 500))
    assert problem.value.cause.kind is CauseKind.WORDLESS


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
    assert LEAKS.search(leak)


@pytest.mark.parametrize("fine", ["the image at index 0 is broken", "POST /vectorize takes JSON"])
def test_plain_words_are_no_leak(fine: str) -> None:
    assert not LEAKS.search(fine)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (statuses.not_applicable, "n/a"),
        (statuses.not_run, "not run"),
        (statuses.not_judged, "not judged"),
        (statuses.disabled, "disabled"),
    ],
)
def test_an_end_without_a_judgement_carries_its_status(
    end: Callable[[str], NoReturn], status: str
) -> None:
    with pytest.raises(statuses.Ended, match="why") as ended:
        end("why")
    assert ended.value.status == status


def test_failures_of_one_handler_have_one_cause() -> None:
    causes = set()
    for status, message in ((400, "no image"), (422, "no base64")):
        with pytest.raises(Nonconformity) as raised:
            expect.refusal(answered({"detail": message}, status))
        causes.add(raised.value.cause)
    assert len(causes) == 1


def test_what_is_not_refused_is_told_by_its_body() -> None:
    with pytest.raises(Nonconformity) as raised:
        expect.refusal(answered({"textVectors": [], "error": ""}))
    assert raised.value.cause.kind == CauseKind.ACCEPTED
    assert raised.value.cause.signature == "error: empty str, textVectors: empty list"


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (b'{"texts": ["a", "b"], "images": ["c"]}', "POST with 2 texts and 1 image"),
        (b'{"texts": [], "images": null}', "POST with no items"),
        (b'{"texts": "a"}', "POST with no items"),
        (b"[1]", "POST /vectorize"),
        (b"no JSON", "POST /vectorize"),
    ],
)
def test_a_failure_says_what_was_asked_for(body: bytes, asked: str) -> None:
    failure = Failure(FailureKind.TIMED_OUT, "none in 3 s")
    sent = Exchange("POST", "http://h/vectorize", request_body=body, failure=failure)
    with pytest.raises(Nonconformity, match=rf"got none in 3 s \(request: {asked}\);"):
        expect.answered(sent)
