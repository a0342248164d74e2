"""PRB: the readiness and liveness probes, on an idle and on a busy endpoint."""

import os
from collections.abc import Callable

import pytest

from conformance import expect
from conformance.corpus import image_files, png_files
from conformance.data.statuses import not_applicable
from conformance.expect.under_load import (
    ANY_STATUS,
    CALLERS_OF_LARGE,
    IN_A_ROW,
    LIMITS,
    bad_in_a_row,
    in_time,
    shown,
    under_load,
)
from conformance.transport.endpoint import LIVE, READY, Endpoint, Items, Target

TIMES = 10
REFUSED_IN_A_ROW = 5
BUSY_TEXTS = 64
"""Texts in each request that keeps a fast endpoint busy."""
LARGE = 6 * 2**20
LARGE_IMAGES: dict[str, Callable[[int], Items]] = {
    "an image of 6 MiB": lambda number: Items((), [png_files.heavy(LARGE, number)]),
    "an image of 1.7 megapixels": lambda number: Items((), [png_files.blank(1300, number)]),
    "an image of 12 megapixels": lambda number: Items((), [png_files.blank(3480, number)]),
}
"""Functions that make a different image for each number; single-color images are small files."""


def busy_work(number: int, many: int) -> Items:
    """A request that keeps an encoder busy: long texts, all different, and some images."""
    several = [f"{number} {index} " + "red circle on paper " * 8 for index in range(many)]
    if many < BUSY_TEXTS:  # The endpoint is slow enough without images.
        return Items(several)
    return Items(several, [] if number % 2 else [image_files.good_image(number)])


@pytest.mark.clause("PRB-01")
def test_ready_answers_ready_each_time(endpoint: Endpoint) -> None:
    for _ in range(TIMES):
        expect.status(endpoint.get(READY), 200, 299)


@pytest.mark.clause("PRB-02")
def test_live_answers_alive_each_time(endpoint: Endpoint) -> None:
    for _ in range(TIMES):
        expect.status(endpoint.get(LIVE), 200, 399)


@pytest.mark.clause("PRB-01")
@pytest.mark.parametrize("bad", [b"{", {"images": ["%%%"]}, {"images": ["bm8gaW1hZ2U="]}], ids=str)
def test_ready_answers_ready_after_a_refusal(endpoint: Endpoint, bad: object) -> None:
    endpoint.post(bad)
    expect.status(endpoint.get(READY), 200, 299)
    expect.status(endpoint.get_after([bad] * REFUSED_IN_A_ROW, READY), 200, 299)


@pytest.mark.clause("PRB-02")
@pytest.mark.parametrize("bad", [b"{", {"images": ["bm8gaW1hZ2U="]}], ids=str)
def test_live_answers_alive_after_a_refusal(endpoint: Endpoint, bad: object) -> None:
    endpoint.post(bad)
    expect.status(endpoint.get(LIVE), 200, 399)
    expect.status(endpoint.get_after([bad] * REFUSED_IN_A_ROW, LIVE), 200, 399)


@pytest.mark.clause("PRB-03")
@pytest.mark.parametrize("path", LIMITS)
def test_an_idle_endpoint_answers_in_time(endpoint: Endpoint, path: str) -> None:
    seen = [endpoint.get(path) for _ in range(IN_A_ROW + 1)]
    slow = bad_in_a_row(seen, *ANY_STATUS, LIMITS[path])
    got, wanted = f"{path}: {shown(seen)}", f"a response within {LIMITS[path]} s"
    expect.require(slow < IN_A_ROW, got, wanted, seen[-1])


@pytest.mark.clause("PRB-04")
def test_a_busy_endpoint_answers_in_time(endpoint: Endpoint) -> None:
    callers = 2 * (os.cpu_count() or 1)
    many = endpoint.client.pace.texts(BUSY_TEXTS, at_once=callers)
    seen = under_load(endpoint, lambda number: busy_work(number, many), callers, LIMITS)
    in_time(seen)
    if not any(seen.probes.values()):
        not_applicable("the endpoint is never busy long enough for a probe to be sent")


@pytest.mark.clause("PRB-04")
@pytest.mark.parametrize("image", LARGE_IMAGES)
def test_probes_are_answered_beside_large_images(endpoint: Endpoint, image: str) -> None:
    in_time(under_load(endpoint, LARGE_IMAGES[image], CALLERS_OF_LARGE, LIMITS))


@pytest.mark.clause("PRB-05")
@pytest.mark.parametrize("path", LIMITS)
def test_probes_answer_204_without_a_body(endpoint: Endpoint, path: str) -> None:
    response = expect.status(endpoint.get(path), 204, 204)
    expect.require(not response.body, response.summary(), "an empty body", response)


@pytest.mark.clause("PRB-06")
def test_ready_comes_after_the_model(target: Target) -> None:
    if not target.started_here:
        not_applicable("cannot be observed at a URL; tested only if the suite starts the endpoint")
    expect.vectors(target.preflight.first, 1, 0)
