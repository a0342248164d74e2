"""Tests for the assertions on counts, dimensions, rejections, and distances, and for skipping."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest

from conformance import expect
from conformance.data import statuses, tolerances
from conformance.data.tolerances import Array
from conformance.expect import Nonconformity, Observations, PrerequisiteFailed, given
from conformance.expect.comparisons import if_changed
from conformance.expect.nonconformity import Cause, CauseKind
from conformance.transport.exchange import Exchange, Failure, FailureKind


def answered(body: object, status: int = 200, encoding: str = "identity") -> Exchange:
    """A response whose body is `body`: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-encoding": encoding}
    return Exchange("POST", "http://h/vectorize", status=status, headers=headers, body=raw)


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


def test_rows_correspond_where_each_is_nearest_to_its_own() -> None:
    expect.corresponding(seen(ROWS * 1.1), seen(ROWS), "rows")
    with pytest.raises(Nonconformity, match=r"row 0 \(counted from 0\) has the vector of item 1"):
        expect.corresponding(seen(ROWS[::-1]), seen(ROWS), "rows")


def test_a_row_that_is_wrong_in_itself_is_not_out_of_order() -> None:
    expect.corresponding(seen(ROWS[::-1] * 1.1), seen(ROWS), "rows")


def test_what_is_given_leaves_the_clause_unjudged() -> None:
    with pytest.raises(PrerequisiteFailed, match="status 500") as problem:
        given.vectors(answered({"error": "no"}, 500), 1, 0)
    assert problem.value.cause.kind is CauseKind.REFUSED
    assert problem.value.cause.signature == "500 no"


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
    ("end", "status"),
    [
        (statuses.not_applicable, "n/a"),
        (statuses.not_run, "not run"),
        (statuses.not_judged, "not judged"),
        (statuses.disabled, "disabled"),
    ],
)
def test_an_end_without_a_judgment_carries_its_status(
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


def test_another_dimension_of_an_earlier_request_is_a_change() -> None:
    texts = [answered({"textVectors": [row], "imageVectors": []}) for row in ([1, 2], [1, 2, 3])]
    endpoint: Any = SimpleNamespace(client=SimpleNamespace(url="http://h"), post=lambda _: texts[1])
    raised = Nonconformity("got", "expected", (answered({}), texts[0]), Cause(CauseKind.OTHER))
    assert if_changed(raised, endpoint).cause.kind is CauseKind.CHANGED
