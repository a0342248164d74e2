"""A fault in one place produces one primary finding, under the clause that describes it."""

import pytest

from conformance import run
from tests.endpoints import registry
from tests.endpoints.encoder import Matrix
from tests.endpoints.faults.hang_ups import Dying
from tests.endpoints.judging import judge
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request

EXPECTED = {
    "images-wider-than-texts": "VEC-07",
    "dies-of-a-truncated-image": "ERR-04",
    "every-tenth-fails": "OPS-01",
    "batch-mean-leaks": "TXT-04",
}
"""Findings by endpoint name; docs/faults.md has those of whole runs against all endpoints."""
OF_TEXTS = ("VEC", "ERR", "TXT", "EXA", "ALN", "PRO", "OPS", "WIR")
WITHOUT_IMAGES = ("images-wider-than-texts", "every-tenth-fails", "batch-mean-leaks")
"""Runs without images are sufficient for these faults, and much faster."""

WHAT_MATTERS = (
    ("interlaced-png-refused", ("IMG-01", "IMG-02", "IMG-05"), "IMG-01"),
    ("gray-refused", ("IMG-01", "IMG-02"), "IMG-02"),
    ("base64-in-lines-only", ("IMG-01", "IMG-02", "IMG-06"), "IMG-06"),
    ("cut-at-16-tokens", ("TXT-06", "REL-03"), "TXT-06"),
    ("stop-words-dropped", ("TXT-06", "REL-03"), "REL-03"),
    ("template-before-texts", ("TXT-06", "EXA-01"), "EXA-01"),
    ("backslash-escapes-decoded", ("VEC-12", "REL-05"), "REL-05"),
)
"""If several clauses fail, the one about the property that was varied describes the fault."""


@pytest.mark.parametrize("name", EXPECTED)
def test_one_defect_is_one_finding(name: str) -> None:
    group = OF_TEXTS if name in WITHOUT_IMAGES else None
    assert judge(registry.find(name), group=group).findings == [EXPECTED[name]]


@pytest.mark.parametrize(("name", "clauses", "named"), WHAT_MATTERS)
def test_what_matters_to_a_failure_names_it(
    name: str, clauses: tuple[str, ...], named: str
) -> None:
    assert judge(registry.find(name), clause=list(clauses)).findings == [named]


def test_a_defect_of_texts_leaves_the_images_judged() -> None:
    outcome = judge(registry.find("refuses-eight-texts"), group=["VEC", "IMG"])
    assert outcome.findings == ["VEC-01"]
    images = {clause for clause in outcome.statuses if clause.startswith("IMG-")}
    assert {outcome.statuses[clause] for clause in images} == {"pass"}


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


class DiesOfImages(Dying):
    """An endpoint whose process dies on the first image, as if memory had run out."""

    def image_vector(self, _image: bytes) -> Matrix:
        self.dead = True
        raise ConnectionAbortedError

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if self.dead:
            raise ConnectionAbortedError
        return answer


def test_a_death_by_the_first_image_names_it() -> None:
    endpoint = DiesOfImages(registry.find("plain").build().encoder)
    with serve(endpoint) as url:
        report = run(url, model=registry.MULTILINGUAL, weights="stand-in", weaviate="off")
    [first] = report.document["findings"]
    assert first["got"].startswith("no response to any request since the first POST with 1 image")
    assert '{"images": [' in first["repeat"][0]
