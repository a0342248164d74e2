"""--compare-with, against another endpoint and a recording, through the command."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from conformance.command import cli
from tests.endpoints import registry
from tests.endpoints.server import serve


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    """Endpoints by name: the same encoder twice, and others."""
    names = ("plain", "float16", "images-rotated", "texts-rotated")
    with ExitStack() as stack:
        yield {name: stack.enter_context(serve(registry.find(name).build())) for name in names}


def compared(url: str, other: str, folder: Path) -> dict[str, Any]:
    """The report of a run of the comparison alone."""
    command = [sys.executable, "-m", "conformance", url, "--model", registry.MULTILINGUAL]
    command += ["--weights", "stand-in", "--weaviate", "off", "--compare-with", other]
    subprocess.run([*command, "-k", "comparison", "--report", str(folder)], check=False, timeout=60)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def status_of(report: dict[str, Any]) -> dict[str, str]:
    """Statuses of the comparison's clauses."""
    group = [each for each in report["clauses"] if each["id"].startswith("CMP")]
    return {each["id"]: each["status"] for each in group}


SAME = {"CMP-01": "pass", "CMP-02": "pass", "CMP-03": "pass", "CMP-04": "n/a"}


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        ("plain", SAME),
        ("float16", SAME),
        ("images-rotated", SAME | {"CMP-03": "fail"}),
        ("texts-rotated", SAME | {"CMP-02": "fail"}),
    ],
)
def test_an_endpoint_beside_another(
    urls: dict[str, str], tmp_path: Path, other: str, wanted: dict[str, str]
) -> None:
    report = compared(urls["plain"], urls[other], tmp_path)
    assert status_of(report) == wanted


def test_an_endpoint_beside_its_recording(urls: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    assert cli.main(["record", urls["plain"], "-o", str(path)]) == 0
    report = compared(urls["plain"], str(path), tmp_path)
    assert status_of(report) == SAME
    assert sum(name.startswith("beside ") for name in report["measurements"]) >= 84
