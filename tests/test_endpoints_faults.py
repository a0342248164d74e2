"""Every fault is caught by a clause that describes it, or else by comparison with a recording."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.command import cli
from tests.endpoints import registry
from tests.endpoints.judging import judge, judge_by_its_clauses
from tests.endpoints.server import serve

pytestmark = pytest.mark.table

FAULTS = {n: e for n, e in registry.faults().items() if e.is_fault and not e.needs_more}
UNDECIDABLE = {n: e for n, e in registry.faults().items() if e.undecidable}
BY_COMMAND = (
    "16-bit-refused",
    "bom",
    "closed-without-answer",
    "cyrillic-unread",
    "failure-hangs",
    "images-rotated",
    "ready-404",
    "texts-with-dropout",
)
"""One fault of each kind, against which the command is run."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught(name: str) -> None:
    outcome = judge_by_its_clauses(FAULTS[name])
    assert outcome.caught, f"{outcome.verdict}: none of {FAULTS[name].caught_by} in {outcome.found}"


@pytest.mark.parametrize("name", BY_COMMAND)
def test_the_command_names_what_caught_it(name: str) -> None:
    entry = FAULTS[name]
    options = {"model": entry.model, "weights": entry.weights, "weaviate": "off", **entry.options}
    words = [f"--{option.replace('_', '-')}={value}" for option, value in options.items()]
    words += [f"--clause={clause}" for clause in entry.caught_by if clause != "preflight"]
    with serve(entry.build()) as url:
        command = [sys.executable, "-m", "conformance", url, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    refused = "preflight" in entry.caught_by
    assert done.returncode == (4 if refused else 1)
    told = "ready" in done.stderr if refused else any(c in done.stdout for c in entry.caught_by)
    assert told, done.stdout + done.stderr


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vectors of the encoder behind the undecidable endpoints.

    The encoder is that of published weights, since a stand-in's encoder returns the library's
    vectors for the recorded images, whatever an endpoint does to them.
    """
    file = tmp_path_factory.mktemp("recorded") / "plain.json"
    with serve(registry.find("published").build()) as url:
        assert cli.main(["record", url, "-o", str(file)]) == 0
    return file


@pytest.mark.parametrize("name", UNDECIDABLE)
def test_what_no_clause_can_tell_a_comparison_tells(name: str, recording: Path) -> None:
    clauses = ["CMP-02", "CMP-03"]
    entry = replace(UNDECIDABLE[name], needs=registry.find("published").needs)
    outcome = judge(entry, compare_with=str(recording), clause=clauses)
    assert set(clauses) & set(outcome.found)
