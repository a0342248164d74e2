"""The wheel is complete, installs only its own packages, and does not need torch."""

import ast
import compileall
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.endpoints import registry
from tests.endpoints.server import serve

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = {"clip_fixtures": "fixtures", "conformance": "conformance", "reference": "reference"}
BUILD = "import sys, setuptools.build_meta as b; b.build_wheel(sys.argv[1])"
LEFT_BEHIND = (
    "conformance/__pycache__/old.cpython-311.pyc",
    "conformance/checks/__pycache__/old.cpython-311.pyc",
)


def files(folder: Path) -> Iterator[Path]:
    """The files in a directory that belong to the project and are installed."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and "__pycache__" not in parts:
            yield path


def contents(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources that also contains leftovers of development."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*FOLDERS.values(), "pyproject.toml", "README.md", "LICENSE"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    for name in LEFT_BEHIND:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(b"")
    command = [sys.executable, "-c", BUILD, str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=300)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel's directory, with its modules compiled as by an installer."""
    folder = tmp_path_factory.mktemp("installed")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    compileall.compile_dir(folder, quiet=2)
    return folder


def test_the_wheel_holds_the_folders_as_they_are(wheel: Path) -> None:
    expected = {
        f"{package}/{path.relative_to(ROOT / folder).as_posix()}"
        for package, folder in FOLDERS.items()
        for path in files(ROOT / folder)
    }
    with ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert found == expected


def test_no_import_package_has_the_name_of_a_known_one(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == set(FOLDERS)


def test_the_packages_are_the_folders() -> None:
    found = {
        ".".join([package, *path.parent.relative_to(ROOT / folder).parts])
        for package, folder in FOLDERS.items()
        for path in files(ROOT / folder)
        if path.name == "__init__.py"
    }
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(found)


def test_the_suite_runs_from_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    before = contents(installed)
    command = [sys.executable, "-m", "conformance", "--clause", "PRB-01", "--clause", "VEC-01"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    with serve(registry.find("plain").build()) as url:
        done = subprocess.run(
            [*command, url, "--model", registry.MULTILINGUAL],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verdict: partial" in done.stdout
    assert contents(installed) == before
    assert not list(tmp_path.iterdir())


def imported(path: Path) -> set[str]:
    """The top-level names of all imports in a module, wherever they are."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(str(node.module).partition(".")[0])
    return names


SUITE = [path for path in files(ROOT / "conformance") if path.suffix == ".py"]
IMPORTED = {name for path in SUITE for name in imported(path)}
"""The packages that the suite imports, wherever in a module."""


def test_the_suite_imports_no_torch() -> None:
    assert not IMPORTED & {"reference", "torch", "transformers", "lab", "tests"}


def test_the_suites_dependencies_are_what_it_imports() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    lines = PROJECT["project"]["dependencies"] + extras["weaviate"] + extras["photographs"]
    told = {name.partition(">")[0] for name in lines}
    known = {
        "PIL": "pillow",
        "grpc": "grpcio",
        "skimage": "scikit-image",
        "weaviate": "weaviate-client",
    }
    own = {"conformance", "clip_fixtures", *sys.stdlib_module_names}
    assert {known.get(name, name) for name in IMPORTED - own} <= told
