"""PRB: ready and live, idle and busy."""

import os

import pytest

from conformance import expect
from conformance.command.target import Target
from conformance.corpus import image_files
from conformance.transport.client import Request
from conformance.transport.endpoint import LIVE, READY, Endpoint, Items
from conformance.transport.exchange import Exchange

PROBES = (READY, LIVE)
TIMES = 10
LIMIT = 0.5
"""Seconds: the cap that Weaviate puts on each try."""
IN_A_ROW = 3
"""Kubernetes' default failure threshold; a single slow answer on a shared machine is no finding."""
MOST_PROBES = 60


def bad_in_a_row(seen: list[Exchange], low: int, high: int) -> int:
    """The longest run of probes that failed or were too slow."""
    longest = run = 0
    for each in seen:
        good = not each.failure and low <= each.status <= high and each.seconds <= LIMIT
        run = 0 if good else run + 1
        longest = max(longest, run)
    return longest


def shown(seen: list[Exchange]) -> str:
    """The probes' statuses and times."""
    return ", ".join(f"{e.failure or e.status} in {e.seconds:.2f} s" for e in seen[:12])


@pytest.mark.clause("PRB-01")
def test_ready_answers_ready_each_time(endpoint: Endpoint) -> None:
    for _ in range(TIMES):
        expect.status(endpoint.get(READY), 200, 299)


@pytest.mark.clause("PRB-02")
def test_live_answers_alive_each_time(endpoint: Endpoint) -> None:
    for _ in range(TIMES):
        expect.status(endpoint.get(LIVE), 200, 399)


@pytest.mark.clause("PRB-03")
@pytest.mark.parametrize("path", PROBES)
def test_an_idle_endpoint_answers_in_time(endpoint: Endpoint, path: str) -> None:
    seen = [endpoint.get(path) for _ in range(IN_A_ROW + 1)]
    slow = bad_in_a_row(seen, 0, 999)
    expect.require(slow < IN_A_ROW, shown(seen), f"an answer within {LIMIT} s", seen[-1])


@pytest.mark.clause("PRB-04")
@pytest.mark.parametrize("path", PROBES)
def test_a_busy_endpoint_answers_in_time(endpoint: Endpoint, path: str) -> None:
    work = endpoint.requests([busy_work(n) for n in range(2 * min(os.cpu_count() or 1, 4))])
    _, seen = endpoint.client.run_beside(work, Request("GET", path), MOST_PROBES, 2 * LIMIT)
    bad = bad_in_a_row(seen, 200, 299 if path == READY else 399)
    wanted = f"no {IN_A_ROW} probes in a row that fail or take over {LIMIT} s"
    expect.require(bad < IN_A_ROW, f"{bad} in a row while busy: {shown(seen)}", wanted, seen[-1])


@pytest.mark.clause("PRB-05")
@pytest.mark.parametrize("path", PROBES)
def test_probes_answer_204_without_a_body(endpoint: Endpoint, path: str) -> None:
    answer = expect.status(endpoint.get(path), 204, 204)
    expect.require(not answer.body, answer.summary(), "an empty body", answer)


@pytest.mark.clause("PRB-06")
def test_ready_comes_after_the_model(target: Target) -> None:
    if not target.started_here:
        pytest.skip("n/a: not to be seen at a URL; judged where the suite starts the endpoint")
    expect.vectors(target.preflight.first, 1, 0)


def busy_work(number: int) -> Items:
    """A request that keeps an encoder busy: long texts, none like another's, and some images."""
    texts = [f"{number} {index} " + "red circle on paper " * 20 for index in range(32)]
    return Items(texts, [] if number % 2 else [image_files.save(image_files.image(number), "PNG")])
