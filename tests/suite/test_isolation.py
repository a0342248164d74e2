"""The suite does not affect the current directory, other runs, or other plugins."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.suite.conftest import COMMAND, MODEL, files

pytest_plugins = ["pytester"]

CLIP = tuple(word.replace("--", "--clip-", 1) for word in MODEL)
GROUPS = ("MET", "VEC", "PRO")
"""Short groups, including one that uses Hypothesis, which tends to write files."""
BOOM = "raise SystemExit('hostile')\n"
HOSTILE = {
    "conftest.py": BOOM,
    "pytest.ini": "[pytest]\naddopts = --boom\n",
    "tox.ini": "[pytest]\naddopts = --boom\n",
    "setup.cfg": "[tool:pytest]\naddopts = --boom\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--boom'\n",
    "test_mine.py": "def test_mine():\n    assert False\n",
    "httpx.py": BOOM,
    "conformance/__init__.py": BOOM,
    "conformance/conftest.py": BOOM,
    "checks/conftest.py": BOOM,
}


@dataclass(frozen=True)
class Ran:
    """A run of the installed command from a directory in which every file tries to interfere with
    it."""

    url: str
    done: subprocess.CompletedProcess[str]
    statuses: dict[str, str]
    before: dict[str, bytes]
    after: dict[str, bytes]


@pytest.fixture(scope="module")
def ran(plain_url: str, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    hostile, report = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("report")
    for name, content in HOSTILE.items():
        (hostile / name).parent.mkdir(exist_ok=True)
        (hostile / name).write_text(content)
    before = files(hostile)
    groups = [word for group in GROUPS for word in ("--group", group)]
    words = [COMMAND, plain_url, *MODEL, *groups, "--report", str(report)]
    done = subprocess.run(words, cwd=hostile, capture_output=True, text=True, timeout=600)
    return Ran(plain_url, done, judged(report), before, files(hostile))


def judged(report: Path) -> dict[str, str]:
    clauses = json.loads((report / "report.json").read_text())["clauses"]
    return {each["id"]: each["status"] for each in clauses if each["tests"]}


def test_a_hostile_folder_changes_nothing(ran: Ran) -> None:
    assert ran.done.returncode == 0
    assert "hostile" not in ran.done.stdout + ran.done.stderr
    assert "test_mine" not in ran.done.stdout


def test_nothing_is_written_where_the_command_runs(ran: Ran) -> None:
    assert ran.after == ran.before


def test_pytest_in_random_order_finds_the_same(ran: Ran, tmp_path: Path) -> None:
    report, here = tmp_path / "report", tmp_path / "here"
    here.mkdir()
    groups = [f"--clip-group={group}" for group in GROUPS]
    words = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "-p", "randomly", *groups]
    words += ["--clip-url", ran.url, *CLIP, "--clip-report", str(report)]
    words += ["-p", "no:cacheprovider"]
    done = subprocess.run(words, cwd=here, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0
    assert "verdict: partial" in done.stdout
    assert judged(report) == ran.statuses
    assert {name.partition("/")[0] for name in files(here)} <= {".hypothesis"}


OTHER_PROJECT = {
    "conftest.py": """
        def pytest_addoption(parser):
            for name in ("--strict-mode", "--timeout", "--url", "--model", "--report", "--wait"):
                parser.addoption(name, default="mine")
    """,
    "test_it.py": """
        import pytest

        def test_options(pytestconfig):
            assert pytestconfig.getoption("--timeout") == "mine"

        def test_fails():
            assert False

        @pytest.mark.skip(reason="n/a: not the suite's")
        def test_skipped():
            pass

        @pytest.fixture
        def endpoint():
            raise ValueError

        def test_error(endpoint):
            pass
    """,
}


def outcome(run: pytest.RunResult) -> tuple[int | pytest.ExitCode, list[str]]:
    """Exit status and output, without parts that vary between runs."""
    lines = [line.partition(" in ")[0] for line in run.outlines]
    return run.ret, [line for line in lines if not line.startswith(("plugins:", "Using --random"))]


@pytest.mark.parametrize("arguments", [("-rA", "-v"), ("conformance",)])
def test_other_peoples_runs_are_as_without_the_plugin(
    pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    pytester.makeconftest(OTHER_PROJECT["conftest.py"])
    pytester.makepyfile(test_it=OTHER_PROJECT["test_it.py"])
    (pytester.path / "conformance").mkdir()
    options = ("-p", "no:randomly", "-p", "no:cacheprovider", *arguments)
    with_it = pytester.runpytest_inprocess(*options)
    without = pytester.runpytest_inprocess(*options, "-p", "no:clip_conformance")
    assert outcome(with_it) == outcome(without)


def test_other_peoples_runs_import_nothing_of_the_suite(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            heavy = {"numpy", "httpx", "h11", "PIL", "click", "rich", "jinja2", "hypothesis"}
            assert not heavy & set(sys.modules)
            ours = {name for name in sys.modules if name.startswith("conformance.")}
            assert ours == {
                "conformance.data",
                "conformance.data.timeouts",
                "conformance.options",
                "conformance.options.table",
                "conformance.plugin",
            }
        """
    )
    # The two excluded plugins import numpy and other packages themselves.
    others = ("-p", "no:randomly", "-p", "no:hypothesispytest")
    run = pytester.runpytest_subprocess("-p", "no:cacheprovider", *others)
    run.assert_outcomes(passed=1)


def test_every_option_has_the_prefix(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest_inprocess("--help")
    group = run.stdout.str().partition("multi2vec-clip conformance:")[2].partition("\n\n")[0]
    options = [line.split()[0] for line in group.splitlines() if line.startswith("  --")]
    assert len(options) > 10
    assert all(option.startswith("--clip-") for option in options)


def test_a_bad_option_is_pytests_usage_error(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest_inprocess("--pyargs", "conformance", "--clip-url", "ftp://h")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in run.errlines if line] == [
        "ERROR: 'ftp://h' is not a valid endpoint URL; expected http://HOST:PORT[/PREFIX]"
    ]
