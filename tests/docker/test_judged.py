"""Every container clause (CTR) is met by a correct image and violated by a faulty one."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.containers import engine
from conformance.data import clauses
from tests.suite.conftest import Command

TAG = "openai-clip-vit-base-patch16"
CLAUSES = [each.id for each in clauses.all_clauses().values() if each.group.id == "CTR"]
FAULTS = {
    "RANDOM=1 STUBBORN=1": {"CTR-02": "fail", "CTR-03": "warn"},
    "WRITES=/app/cache": {"CTR-04": "warn", "CTR-05": "warn", "CTR-06": "warn"},
    "WRITES=/tmp/cache": {},
    "ENDS=8": {"CTR-01": "fail"},
}
"""Environment variables of the fake encoder, and the clauses that do not pass with them."""


def judged(program: Command, image: str, folder: Path, env: str, *clause: str) -> dict[str, Any]:
    """The report on the fake image, for some clauses."""
    words = ["--image", image, "--model", TAG, "--report", folder]
    words += [word for each in env.split() for word in ("--env", each)]
    chosen = [word for each in clause for word in ("--clause", each)]
    program(*words, *chosen, "--weaviate", "off")
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


@pytest.mark.parametrize("env", FAULTS)
def test_a_fault_of_a_container_is_found_and_named(
    program: Command, fake_image: str, tmp_path: Path, env: str
) -> None:
    # A container that exits makes other clauses fail too.
    chosen = ["CTR-01"] if env.startswith("ENDS") else CLAUSES
    report = judged(program, fake_image, tmp_path, env, *chosen)
    status = {each["id"]: each["status"] for each in report["clauses"]}
    assert {name: status[name] for name in chosen if status[name] != "pass"} == FAULTS[env]


def test_every_must_of_a_container_has_a_fault() -> None:
    musts = {name for name in CLAUSES if clauses.all_clauses()[name].level == "MUST"}
    assert musts <= {name for broken in FAULTS.values() for name in broken}


def test_the_report_names_the_digest_and_ends_with_the_log(
    program: Command, fake_image: str, tmp_path: Path
) -> None:
    report = judged(program, fake_image, tmp_path, "A=b", "PRB-01")
    assert report["target"]["image"] == fake_image
    assert report["target"]["image_digest"].startswith("sha256:")
    assert report["target"]["log"] == ["fake encoder: starting"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert report["target"]["image_digest"] in page
    assert "fake encoder: starting" in page


def test_an_official_image_is_known_by_its_id(
    program: Command, fake_image: str, tmp_path: Path
) -> None:
    image, official = engine.names(fake_image)[0], "semitechnologies/multi2vec-clip:" + fake_image
    engine.call("tag", fake_image, official)
    try:
        report = judged(program, image, tmp_path, "", "PRB-01")
    finally:
        engine.call("image", "rm", official)
    assert {each["name"] for each in report["known_failures"]["entries"]} >= {"TXT-02"}


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ("DIE=3", "exited with status 3: fake encoder: no model here"),
        ("HANG=1", "is not ready: /.well-known/ready returns status 503"),
        ("PAGE=1", "is not a multi2vec-clip endpoint"),
    ],
)
def test_what_cannot_be_judged_is_one_line_and_the_log(
    program: Command, fake_image: str, env: str, line: str
) -> None:
    done = program("--image", fake_image, "--model", TAG, "--env", env, "--wait", "3")
    assert done.status == 4
    first, *log = done.lines
    assert first.startswith("ERROR: ")
    assert line in first
    assert log[0] == "  | fake encoder: starting"
    assert all(each.startswith("  | ") for each in log)
