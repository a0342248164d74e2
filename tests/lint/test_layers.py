"""``lint-imports`` holds the layers: an import against them is an error, in every contract."""

import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sysconfig.get_path("scripts")) / "lint-imports"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = SETTINGS["tool"]["importlinter"]["root_packages"]

AGAINST = {
    "data to transport": ("conformance/data/models.py", "conformance.transport.client"),
    "options to command": ("conformance/options/settings.py", "conformance.command.parsing"),
    "transport to expect": ("conformance/transport/exchange.py", "conformance.expect.statuses"),
    "expect to a check": ("conformance/expect/statuses.py", "conformance.checks.test_meta"),
    "a check to the report": ("conformance/checks/test_meta.py", "conformance.report.html"),
    "report to command": ("conformance/report/html.py", "conformance.command.run"),
    "anything to the plugin": ("conformance/command/run.py", "conformance.plugin"),
    "weaviate's wire to content": (
        "conformance/weaviate/wire/http1.py",
        "conformance.weaviate.content.arithmetic",
    ),
    "suite to reference": ("conformance/corpus/texts.py", "reference.images"),
    "suite to training": ("conformance/command/cli.py", "lab.training.clip"),
    "suite to tests": ("conformance/transport/client.py", "tests.endpoints.server"),
    "reference to more than data": ("reference/app.py", "conformance.options.settings"),
    "reference to training": ("reference/weights.py", "lab.training.packing"),
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The modules of the project and its settings, to be changed and put back."""
    folder = tmp_path_factory.mktemp("sources")
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "node_modules" not in file.parts:
                target = folder / file.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """`lint-imports` as ``make lint`` runs it."""
    words = [str(LINTER), "--no-cache"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)


def lint_with(folder: Path, name: str, imported: str) -> subprocess.CompletedProcess[str]:
    """The same while the module in file `name` imports another one more."""
    file = folder / name
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\nimport {imported}\n", encoding="utf-8")
    try:
        return lint(folder)
    finally:
        file.write_text(before, encoding="utf-8")


def test_the_project_keeps_its_layers(sources: Path) -> None:
    done = lint(sources)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("case", AGAINST)
def test_an_import_against_the_layers_is_an_error(sources: Path, case: str) -> None:
    name, imported = AGAINST[case]
    done = lint_with(sources, name, imported)
    assert done.returncode == 1
    # Long lines are folded at blanks.
    said = " ".join(done.stdout.split())
    assert f"{name.removesuffix('.py').replace('/', '.')} -> {imported}" in said


def test_a_cycle_of_two_modules_is_an_error(sources: Path) -> None:
    done = lint_with(sources, "reference/errors.py", "reference.app")
    assert done.returncode == 1
    assert "No cycles are allowed in reference." in done.stdout


def test_a_package_that_is_in_no_layer_is_an_error(sources: Path) -> None:
    package = sources / "conformance" / "attic"
    package.mkdir()
    (package / "__init__.py").touch()
    try:
        done = lint(sources)
    finally:
        shutil.rmtree(package)
    assert done.returncode == 1
    assert "conformance.attic" in done.stdout
