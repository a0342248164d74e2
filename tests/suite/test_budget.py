"""A run's time budget: how its duration is estimated, and which cases are skipped."""

import time

import pytest

from conformance.expect.budget import FIRST, Budget
from conformance.transport.endpoint import Items
from conformance.transport.exchange import Exchange
from conformance.transport.pace import Pace, TooMuch

CASES = [
    (f"test_new.py::test_{clause}[{number}]", clause)
    for clause in ("VEC-01", "TXT-01", "IMG-01")
    for number in range(10)
]
"""The costs table contains none of these checks, so each counts as two texts, an image, and a tenth
of a megapixel."""


def slow(seconds: float) -> Pace:
    pace = Pace(50)
    pace._costs["text"].append(seconds)
    pace._costs["image"].append(seconds)
    return pace


def test_a_quick_endpoint_is_asked_for_all() -> None:
    budget = Budget(slow(0.01), 15 * 60)
    assert all(budget.plan(CASES))
    assert "left out" not in budget.described()


def test_every_clause_keeps_a_case_and_others_take_turns() -> None:
    kept = {day: Budget(slow(1), 31.5).plan(CASES, day) for day in range(60)}
    assert all(any(each[:10]) and any(each[10:20]) and any(each[20:]) for each in kept.values())
    assert {sum(each) for each in kept.values()} == {10}
    assert all(any(each[number] for each in kept.values()) for number in range(len(CASES)))


def test_a_run_ends_in_time_even_if_the_endpoint_slows_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pace = slow(0.1)
    budget = Budget(pace, 60)
    assert all(budget.plan(CASES))
    budget.begin(CASES[0][0])
    assert pace.until == float("inf")
    start = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: start + 55)
    budget.begin(CASES[1][0])
    assert pace.until < pace.end
    monkeypatch.setattr(time, "monotonic", lambda: start + 60)
    with pytest.raises(TooMuch, match="in the time allowed"):
        budget.begin(CASES[2][0])


def test_first_cases_come_first_if_a_slower_endpoint_would_exceed_the_budget() -> None:
    budget = Budget(slow(0.1), 30)
    assert all(budget.plan(CASES))
    assert not budget.is_short
    first = sorted(CASES, key=budget.place)[:3]
    assert {clause for _, clause in first} == {clause for _, clause in CASES}


def test_an_endpoint_that_slowed_down_is_given_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = slow(0.1)
    budget = Budget(pace, 30)
    budget.plan(CASES)
    half, start = budget.estimate / 2, time.monotonic()
    waiting = sorted(budget._waiting, key=lambda test: budget.place((test, "")))
    for test in waiting[: len(CASES) // 2]:
        del budget._waiting[test]
    monkeypatch.setattr(time, "monotonic", lambda: start + 5 * half)
    budget.begin(waiting[-1])
    assert start + 5 * half < pace.until < pace.end


def test_what_is_left_out_is_counted() -> None:
    budget = Budget(slow(1), 31.5)
    budget.plan(CASES)
    assert budget.left_out == 20
    assert "20 of 30 cases left out: all would take 2 minutes" in budget.described()


def test_slow_takes_any_time() -> None:
    assert all(Budget(slow(100), None).plan(CASES))


def test_when_time_is_up_a_case_is_left_out() -> None:
    pace = slow(1)
    budget = Budget(pace, 0.01)
    budget.plan(CASES)
    time.sleep(0.02)
    with pytest.raises(TooMuch, match="in the time allowed"):
        budget.begin(next(iter(budget._waiting)))
    assert budget.left_out == 28


def test_a_case_has_its_part_of_the_time() -> None:
    pace = slow(1)
    budget = Budget(pace, 31.5)
    kept = budget.plan(CASES, 0)
    budget.begin(next(test for (test, _), keep in zip(CASES, kept, strict=True) if keep))
    assert pace.until - time.monotonic() < 31.5 / 2


def test_the_first_case_of_a_clause_has_more_than_its_part() -> None:
    pace = slow(1)
    budget = Budget(pace, 60)
    budget.plan(CASES)
    given = {}
    for test in (next(iter(budget._cheapest)), (set(budget._waiting) - budget._cheapest).pop()):
        budget._waiting = {test: 10.0}
        budget.begin(test)
        given[test in budget._cheapest] = round(pace.until - time.monotonic())
    assert given == {True: 30, False: 12}


def test_a_short_run_begins_with_what_everything_builds_on() -> None:
    cases = [("test_exact.py::a", "EXA-01"), ("test_images.py::b", "IMG-01")]
    cases += [("test_vectorize.py::c", "VEC-01"), (FIRST, "OPS-02")]
    budget = Budget(slow(1), 1)
    budget.plan(cases)
    assert sorted(cases, key=budget.place) == cases[::-1]


def test_a_short_run_judges_each_clause_once_before_it_takes_more_cases() -> None:
    budget = Budget(slow(1), 31.5)
    budget.plan(CASES)
    first = sorted(CASES, key=budget.place)[:3]
    assert sorted(clause for _, clause in first) == ["IMG-01", "TXT-01", "VEC-01"]


def test_cases_that_were_left_out_run_if_time_remains() -> None:
    budget = Budget(slow(1), 31.5)
    kept = budget.plan(CASES)
    spare = [test for (test, _), keep in zip(CASES, kept, strict=True) if not keep]
    assert all(budget.place((test, "")) > budget.place(CASES[0]) for test in spare)
    assert budget.has_time(spare[0])
    budget.begin(spare[0])
    assert budget.left_out == 19
    assert budget._end is not None
    budget._end -= 30
    assert not budget.has_time(spare[1])


def test_what_checks_share_costs_the_one_that_runs_alone() -> None:
    read = ("test_image_sizes.py::test_images_of_every_shape_are_read", "IMG-05")
    compared = ("test_image_sizes.py::test_bands_look_the_same_at_every_size", "IMG-15")
    alone, both = Budget(slow(0.1), None), Budget(slow(0.1), None)
    alone.plan([compared])
    both.plan([read, compared])
    assert 0.8 * both.estimate < alone.estimate < 1.2 * both.estimate


def test_an_import_is_judged_even_if_it_costs_most() -> None:
    cases = [("test_operation.py::test_responses_come_in_time", "OPS-02"), (FIRST, "OPS-02")]
    assert Budget(slow(10), 60).plan(cases) == [False, True]


@pytest.mark.parametrize(
    ("status", "seconds", "cost", "explained"),
    [(503, 45, 10, True), (503, 1, 10, False), (500, 45, 10, False), (503, 45, 0.02, False)],
)
def test_a_slow_service_may_give_up_itself(
    status: int, seconds: float, cost: float, explained: bool
) -> None:
    sent = Items(["a"], []).body()
    seen = Exchange("POST", "http://x", (), sent, status, "HTTP/1.1", seconds=seconds)
    pace = slow(cost)
    pace.heard([seen])
    assert pace.explains(seen) == explained
    assert pace.is_unexpected([seen]) == explained
