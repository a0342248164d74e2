"""What breaks one thing has one primary finding, under the clause that names it."""

from pathlib import Path

import pytest

from tests.endpoints import registry
from tests.endpoints.run_suite import judge
from tests.endpoints.suite_process import SuiteProcess

EXPECTED = {
    "refuses-eight-texts": ["VEC-01"],
    "images-wider-than-texts": ["VEC-07"],
    "dies-of-a-truncated-image": ["ERR-04"],
    "image-thread-dies": ["ERR-04"],
    "every-tenth-fails": ["OPS-01"],
    "error-in-detail": ["ERR-01"],
    "palette-refused": ["IMG-02"],
    "batch-mean-leaks": ["TXT-04"],
    "images-reversed": ["VEC-06"],
}
"""Findings by the name of the endpoint; warnings that it has anyway are not among them."""


@pytest.mark.parametrize("name", EXPECTED)
def test_one_defect_is_one_finding(name: str, runner: SuiteProcess, tmp_path: Path) -> None:
    outcome = judge(registry.find(name), runner, tmp_path)
    assert outcome.findings == EXPECTED[name]


def test_a_defect_of_texts_leaves_the_images_judged(runner: SuiteProcess, tmp_path: Path) -> None:
    outcome = judge(registry.find("refuses-eight-texts"), runner, tmp_path)
    images = {clause for clause in outcome.statuses if clause.startswith("IMG-")}
    assert {outcome.statuses[clause] for clause in images} == {"pass"}


@pytest.mark.parametrize("name", ["dies-of-a-truncated-image", "image-thread-dies"])
def test_a_dead_endpoint_ends_the_run_soon(name: str, runner: SuiteProcess, tmp_path: Path) -> None:
    outcome = judge(registry.find(name), runner, tmp_path)
    text = " ".join((tmp_path / "out.txt").read_text().split())
    assert "no answer to any good request since" in text
    # The whole run, and so what came after the end of the endpoint.
    assert outcome.seconds < 34
