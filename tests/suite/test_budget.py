"""A run's time budget: its estimate, and the cases that are left out if it is too short."""

from conformance.expect.budget import Budget
from conformance.transport.pace import Pace

CASES = [
    (f"test_new.py::test_{clause}[{number}]", clause)
    for clause in ("VEC-01", "TXT-01", "IMG-01")
    for number in range(10)
]
"""The table has none of these: each is taken for two texts and an image."""


def slow(seconds: float) -> Pace:
    pace = Pace(50)
    for costs in pace._costs.values():
        costs.append(seconds)
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


def test_what_is_left_out_is_counted() -> None:
    budget = Budget(slow(1), 31.5)
    budget.plan(CASES)
    assert budget.left_out == 20
    assert "20 of 30 cases left out, as all take 2 minutes" in budget.described()


def test_slow_takes_any_time() -> None:
    assert all(Budget(slow(100), None).plan(CASES))
