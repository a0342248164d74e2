"""Every legal endpoint is left in peace by a whole run."""

from pathlib import Path

import pytest

from tests.endpoints import registry
from tests.endpoints.run_suite import judge
from tests.endpoints.suite_process import SuiteProcess

pytestmark = pytest.mark.table

LEGAL = registry.legals()


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_endpoint_is_left_in_peace(name: str, runner: SuiteProcess, tmp_path: Path) -> None:
    finding = judge(LEGAL[name], runner, tmp_path)
    assert finding.accepted, [finding.messages[clause] for clause in finding.broken]
