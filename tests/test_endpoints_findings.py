"""A fault in one place has one primary finding, under the clause that names it."""

from functools import cache

import pytest

from conformance import run
from tests.endpoints import registry
from tests.endpoints.faults.hang_ups import Dying
from tests.endpoints.judging import Outcome, judge
from tests.endpoints.server import serve

EXPECTED = {
    "refuses-eight-texts": "VEC-01",
    "images-wider-than-texts": "VEC-07",
    "dies-of-a-truncated-image": "ERR-04",
    "every-tenth-fails": "OPS-01",
    "palette-refused": "IMG-02",
    "batch-mean-leaks": "TXT-04",
}
"""Findings by endpoint name; docs/faults.md has those of whole runs against all endpoints."""
OF_TEXTS = ("VEC", "ERR", "TXT", "EXA", "ALN", "PRO", "OPS", "WIR")
WITHOUT_IMAGES = ("images-wider-than-texts", "every-tenth-fails", "batch-mean-leaks")
"""Most of a run's time is spent on images, which reveal no more about these faults."""


@cache
def outcome(name: str) -> Outcome:
    return judge(registry.find(name), group=OF_TEXTS if name in WITHOUT_IMAGES else None)


@pytest.mark.parametrize("name", EXPECTED)
def test_one_defect_is_one_finding(name: str) -> None:
    assert outcome(name).findings == [EXPECTED[name]]


def test_a_defect_of_texts_leaves_the_images_judged() -> None:
    statuses = outcome("refuses-eight-texts").statuses
    images = {clause for clause in statuses if clause.startswith("IMG-")}
    assert {statuses[clause] for clause in images} == {"pass"}


@pytest.mark.parametrize("name", ["dies-of-a-truncated-image", "image-thread-dies"])
def test_a_run_ends_soon_after_the_endpoint(name: str) -> None:
    entry = registry.find(name)
    endpoint = entry.build()
    assert isinstance(endpoint, Dying)
    with serve(endpoint) as url:
        report = run(url, model=entry.model, weights="stand-in", weaviate="off", **entry.options)
    first = report.document["findings"][0]
    assert first["got"].startswith("no response to any valid request since")
    assert endpoint.requests_after_death < 20
