"""Every fault is caught by a clause that names it, or by a comparison where none can."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.command.cli import main
from tests.endpoints import registry
from tests.endpoints.run_suite import judge
from tests.endpoints.server import serve
from tests.endpoints.suite_process import SuiteProcess

pytestmark = pytest.mark.table

FAULTS = {n: e for n, e in registry.faults().items() if e.caught_by and not e.needs_more}
UNDECIDABLE = {n: e for n, e in registry.faults().items() if e.undecidable}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught(name: str, runner: SuiteProcess, tmp_path: Path) -> None:
    finding = judge(FAULTS[name], runner, tmp_path, narrow=True)
    assert finding.caught, f"{finding.verdict}: none of {FAULTS[name].caught_by} in {finding.found}"


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the encoder below the undecidable endpoints gives."""
    file = tmp_path_factory.mktemp("recorded") / "plain.json"
    with serve(registry.find("plain").build()) as url:
        assert main(["record", url, "-o", str(file)]) == 0
    return file


@pytest.mark.parametrize("name", UNDECIDABLE)
def test_what_no_clause_can_tell_a_comparison_tells(
    name: str, recording: Path, runner: SuiteProcess, tmp_path: Path
) -> None:
    options = ("--compare-with", str(recording))
    beside = replace(UNDECIDABLE[name], options=options, caught_by=("CMP-02", "CMP-03"))
    assert judge(beside, runner, tmp_path, narrow=True).caught
