"""PRB: the ready and live probes, on an idle and on a busy endpoint."""

import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from statistics import median

import pytest

from conformance import expect
from conformance.corpus import image_files, png_files
from conformance.data import timeouts
from conformance.data.statuses import not_applicable
from conformance.expect import given
from conformance.transport.client import Request
from conformance.transport.endpoint import LIVE, READY, Endpoint, Items, Target
from conformance.transport.exchange import Exchange
from conformance.transport.pace import megapixels

LIMITS = {READY: timeouts.READY_TIMEOUT, LIVE: timeouts.LIVE_TIMEOUT}
GOOD = {READY: (200, 299), LIVE: (200, 399)}
TIMES = 10
IN_A_ROW = 3
"""Kubernetes' default failure threshold; one slow response on a shared machine proves nothing."""
MOST_PROBES = 60
MORE_CALLERS = 4
MORE_IMAGES = 3
"""Images that each caller sends in turn if there was no time for three late probes in a row."""
BUSY_TEXTS = 64
"""Texts in each request that keeps a fast endpoint busy."""
LARGE = 6 * 2**20
CALLERS_OF_LARGE = 3
LARGE_IMAGES: dict[str, Callable[[int], bytes]] = {
    "6 MiB": partial(png_files.heavy, LARGE),
    "1.7 megapixels": partial(png_files.blank, 1300),
    "12 megapixels": partial(png_files.blank, 3480),
}
"""Functions that make a different file for each number; single-color images are small files."""
ATTEMPTS = 3
"""Maximum number of sets of large images to try until the probes are on time."""
ROUNDS = 4
"""Maximum rounds of work until enough probes have been sent during it."""
SAMPLES, SAMPLE = 5, 0.01
"""Number and processor seconds of the computations that show how busy this machine is."""
MOST_STRAIN = 4
"""Above this, the limit is not widened any further."""


def bad_in_a_row(seen: list[Exchange], low: int, high: int, limit: float) -> int:
    """The longest run of probes that failed or were too slow."""
    longest = run = 0
    for each in seen:
        good = not each.failure and low <= each.status <= high and each.seconds <= limit
        run = 0 if good else run + 1
        longest = max(longest, run)
    return longest


def shown(seen: list[Exchange]) -> str:
    """The statuses and response times of the probes."""
    return ", ".join(f"{e.failure or e.status} in {e.seconds:.2f} s" for e in seen[:12])


def strain() -> float:
    """How many times as long as usual computing takes here, because of other work."""
    factors = []
    for _ in range(SAMPLES):
        start, used = time.perf_counter(), time.thread_time()
        while time.thread_time() - used < SAMPLE:
            pass
        factors.append((time.perf_counter() - start) / SAMPLE)
    return median(factors)


def widened(limit: float) -> float:
    """A limit that allows for other work on this machine, by which late probes may be explained."""
    return max(limit, timeouts.READY_TIMEOUT * min(round(strain()), MOST_STRAIN))


def probed(
    endpoint: Endpoint,
    limits: Mapping[str, float],
    items: list[Items],
    callers: int | None = None,
) -> tuple[list[Exchange], list[list[Exchange]]]:
    """The exchanges of this work, and for each path the probes that were sent during it."""
    probes = {Request("GET", path): 2 * limit for path, limit in limits.items()}
    return endpoint.client.run_beside(endpoint.requests(items), probes, MOST_PROBES, callers)


def probes_while_busy(endpoint: Endpoint, path: str) -> tuple[list[Exchange], float]:
    """Probes sent while the endpoint encodes, and their limit; all of its work must be answered.

    If a probe was late, more work follows: three probes in a row take as long as a small import.
    """
    seen: list[Exchange] = []
    callers, limit = 2 * (os.cpu_count() or 1), LIMITS[path]
    for number in range(ROUNDS):
        many = endpoint.client.pace.texts(BUSY_TEXTS, at_once=callers)
        items = [busy_work(number, caller, many) for caller in range(callers)]
        work, (more,) = probed(endpoint, {path: limit}, items)
        for each, asked in zip(work, items, strict=True):
            given.vectors(each, len(asked.texts), len(asked.images))
        seen += more
        late = any(each.seconds > limit for each in more)
        wider = widened(limit) if late and number < ROUNDS - 1 else limit
        if len(seen) >= IN_A_ROW and wider == limit and not (late and number == 0):
            break
        if wider > limit:
            seen, limit = [], wider
        callers *= MORE_CALLERS if late and number == 0 and many == BUSY_TEXTS else 1
    return seen, limit


def probes_while_reading(
    endpoint: Endpoint, image: Callable[[int], bytes]
) -> tuple[list[Exchange], dict[str, list[Exchange]], dict[str, float]]:
    """Requests with large images, and the probes of the last of them by path, with their limits.

    If too many probes were late, other images follow, since a busy machine delays them now and
    then. If some were late, but not three in a row, each caller sends more images in turn.
    """
    pace, limits, number = endpoint.client.pace, dict(LIMITS), count()
    done: list[Exchange] = []
    seen: dict[str, list[Exchange]] = {}
    in_turn = 1
    for attempt in range(ATTEMPTS):
        # Different images for each request, since the endpoint may cache what it has read.
        files = [image(next(number)) for _ in range(CALLERS_OF_LARGE * in_turn)]
        callers = pace.images(CALLERS_OF_LARGE, megapixels=megapixels(files[0]))
        items = [Items((), [file]) for file in files[: callers * in_turn]]
        if attempt == 0:
            pace.admit([(each.texts, each.images) for each in items])
        more, probes = probed(endpoint, limits, items, callers)
        done = [each for each in done if not pace.explains(each)] + more
        seen = dict(zip(limits, probes, strict=True))
        bad = {path: bad_in_a_row(seen[path], *GOOD[path], limits[path]) for path in limits}
        if attempt == ATTEMPTS - 1 or not (any(bad.values()) or pace.is_unexpected(more)):
            break
        if max(bad.values()) < IN_A_ROW:
            in_turn = MORE_IMAGES
        limits |= {path: widened(limits[path]) for path in limits if bad[path]}
    return done, seen, limits


def busy_work(number: int, caller: int, many: int) -> Items:
    """A request that keeps an encoder busy: long texts, all different, and some images."""
    mark = f"{number} {caller}"
    texts = [f"{mark} {index} " + "red circle on paper " * 8 for index in range(many)]
    if many < BUSY_TEXTS:  # The endpoint is slow enough without images.
        return Items(texts)
    return Items(texts, [] if caller % 2 else [image_files.good_image(caller)])


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


@pytest.mark.clause("PRB-02")
@pytest.mark.parametrize("bad", [b"{", {"images": ["bm8gaW1hZ2U="]}], ids=str)
def test_live_answers_alive_after_a_refusal(endpoint: Endpoint, bad: object) -> None:
    endpoint.post(bad)
    expect.status(endpoint.get(LIVE), 200, 399)


@pytest.mark.clause("PRB-03")
@pytest.mark.parametrize("path", LIMITS)
def test_an_idle_endpoint_answers_in_time(endpoint: Endpoint, path: str) -> None:
    seen = [endpoint.get(path) for _ in range(IN_A_ROW + 1)]
    slow = bad_in_a_row(seen, 0, 999, LIMITS[path])
    got, wanted = f"{path}: {shown(seen)}", f"a response within {LIMITS[path]} s"
    expect.require(slow < IN_A_ROW, got, wanted, seen[-1])


@pytest.mark.clause("PRB-04")
@pytest.mark.parametrize("path", LIMITS)
def test_a_busy_endpoint_answers_in_time(endpoint: Endpoint, path: str) -> None:
    seen, limit = probes_while_busy(endpoint, path)
    if not seen:
        not_applicable("the endpoint is never busy long enough for a probe to be sent")
    in_time(seen, path, limit)


def in_time(seen: list[Exchange], path: str, limit: float) -> None:
    """Fail if three consecutive probes fail or are late. PRB-01 and PRB-02 judge a wrong status."""
    bad = bad_in_a_row(seen, *GOOD[path], limit)
    wanted = f"fewer than {IN_A_ROW} consecutive probes that fail or take over {LIMITS[path]} s"
    if limit > LIMITS[path]:
        wanted += f" ({limit:.2g} s on this machine, which is busy with other work)"
    got = f"{bad} consecutive failed or late probes while busy: {shown(seen)}"
    expect.require(bad < IN_A_ROW, got, wanted, *seen[-1:])
    for each in seen:
        if each.failure is None:
            given.status(each, *GOOD[path])


@pytest.mark.clause("PRB-04")
@pytest.mark.parametrize("image", LARGE_IMAGES)
def test_an_endpoint_that_reads_large_images_answers_in_time(
    endpoint: Endpoint, image: str
) -> None:
    done, seen, limits = probes_while_reading(endpoint, LARGE_IMAGES[image])
    for path, limit in limits.items():
        in_time(seen[path], path, limit)
    for exchange in done:
        given.vectors(exchange, 0, 1)


@pytest.mark.clause("PRB-05")
@pytest.mark.parametrize("path", LIMITS)
def test_probes_answer_204_without_a_body(endpoint: Endpoint, path: str) -> None:
    response = expect.status(endpoint.get(path), 204, 204)
    expect.require(not response.body, response.summary(), "an empty body", response)


@pytest.mark.clause("PRB-06")
def test_ready_comes_after_the_model(target: Target) -> None:
    if not target.started_here:
        not_applicable("cannot be observed at a URL; judged only if the suite starts the endpoint")
    expect.vectors(target.preflight.first, 1, 0)
