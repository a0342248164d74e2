"""Fixtures shared by all tests, and the selection of tests that can run on this machine."""

import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import httpcore
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LOADED_EARLY = httpcore
"""httpx imports this module on first use. If that happens in a pytester run, which restores
`sys.modules` at its end, the module is imported again later, and httpx does not recognize the
exceptions of the second copy."""


ROOT = Path(__file__).parents[1]

NEED_REFERENCE = [ROOT / "tests" / name for name in ("reference", "standins", "exact")]
"""Directories of tests that import torch and the reference."""

NO_REFERENCE = "" if find_spec("torch") else "needs torch, so the extra `reference`"


LONGEST = (
    "test_endpoints_legal.py",
    "tests/weaviate/",
    "test_endpoints_findings.py",
    "test_endpoints_slow.py",
    "live-waits-for-large-images",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare ``--sample``."""
    parser.addoption(
        "--sample",
        metavar="N",
        type=int,
        default=1,
        help="of the tests marked `table`, only each Nth; which they are changes with the commit",
    )


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if NO_REFERENCE and collection_path in NEED_REFERENCE else None


def pytest_report_header() -> str:
    names = ", ".join(folder.name for folder in NEED_REFERENCE)
    return f"tests/{{{names}}} are left out: {NO_REFERENCE}" if NO_REFERENCE else ""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """With `-n`, the tests of a file run in one worker, since they share fixtures; endpoint tests
    do not.

    xdist's own groups have no effect with pytest 9.2, which does not read an item's `_nodeid`.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.startswith("tests/test_endpoints_") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    # The longest tests come first, so they must not be reordered.
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that need the reference, skip them without it, and select the sample."""
    for item in items:
        if any(folder in item.path.parents for folder in NEED_REFERENCE):
            item.add_marker("reference")
        if NO_REFERENCE and item.get_closest_marker("reference"):
            item.add_marker(pytest.mark.skip(reason=NO_REFERENCE))
    _sample(config, items)
    items.sort(key=_last_ones)


def _sample(config: pytest.Config, items: list[pytest.Item]) -> None:
    # The tests are sorted by name because their order may have been shuffled, and each worker needs
    # the same sample. Each commit has a different sample, so that every test is eventually
    # included.
    table = sorted((item for item in items if item.get_closest_marker("table")), key=_name)
    asked = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=ROOT).stdout
    share = config.option.sample
    taken = set(map(_name, table[int(commit or "0", 16) % share :: share]))
    left_out = [item for item in table if _name(item) not in taken]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _last_ones(item: pytest.Item) -> int:
    """Order of the tests: long ones first, short ones last, so that no worker is idle at the
    end."""
    places = [place for place, name in enumerate(LONGEST) if name in item.nodeid]
    return places[0] if places else len(LONGEST) + (item.get_closest_marker("table") is not None)


def _name(item: pytest.Item) -> str:
    return item.nodeid


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Make sure that processes started by tests can be interrupted, since a shell that runs the
    tests in the background disables that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
