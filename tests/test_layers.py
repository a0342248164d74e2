"""``lint-imports`` reports violations of the layers, and ``make lint`` runs it on the project."""

import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINTER = Path(sysconfig.get_path("scripts")) / "lint-imports"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = SETTINGS["tool"]["importlinter"]["root_packages"]

AGAINST = [
    ("conformance.data", "conformance.transport"),
    ("conformance.options", "conformance.command"),
    ("conformance.transport", "conformance.expect"),
    ("conformance.expect", "conformance.checks"),
    ("conformance.report", "conformance.command"),
    ("conformance.command", "conformance.plugin"),
    ("conformance.corpus", "reference"),
    ("conformance.corpus", "lab.training"),
    ("conformance.transport", "tests.endpoints"),
    ("reference", "conformance.options"),
    ("reference", "lab.training"),
]
"""A package, and one that no module of it may import."""


def module(package: str) -> Path:
    files = sorted(path for path in ROOT.joinpath(*package.split(".")).glob("[a-z]*.py"))
    return files[0].relative_to(ROOT)


def copied(target: Path) -> Iterator[Path]:
    """Copies the modules of the project and its settings."""
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "node_modules" not in file.parts:
                copy = target / file.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                yield shutil.copyfile(file, copy)
    yield shutil.copyfile(ROOT / "pyproject.toml", target / "pyproject.toml")


def lint(folder: Path) -> str:
    """The output of `lint-imports`, with long lines unfolded; it must report something."""
    command = [str(LINTER), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    return " ".join(done.stdout.split())


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The output if these packages contain forbidden imports and one package is in no layer."""
    folder = tmp_path_factory.mktemp("against")
    assert list(copied(folder))
    for package, imported in AGAINST:
        with (folder / module(package)).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    (folder / "conformance" / "attic").mkdir()
    (folder / "conformance" / "attic" / "__init__.py").touch()
    return lint(folder)


@pytest.mark.parametrize(("package", "imported"), AGAINST)
def test_an_import_against_the_layers_is_an_error(said: str, package: str, imported: str) -> None:
    name = ".".join(module(package).with_suffix("").parts)
    assert f"{name} -> {imported} " in said


def test_a_cycle_is_an_error(said: str) -> None:
    assert "No cycles are allowed in conformance." in said


def test_a_package_that_is_in_no_layer_is_an_error(said: str) -> None:
    assert "conformance.attic" in said
