"""The images install exactly what pyproject.toml lists."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def listed(image: str) -> set[str]:
    with (ROOT / "pyproject.toml").open("rb") as project:
        done = subprocess.run(
            [sys.executable, str(ROOT / "docker" / "list_requirements.py"), image],
            stdin=project,
            capture_output=True,
            text=True,
            check=True,
        )
    return {line.partition(">")[0] for line in done.stdout.split()}


def test_the_reference_gets_its_libraries_and_none_of_the_suites() -> None:
    names = listed("reference")
    assert {"torch", "transformers", "flask", "waitress", "numpy", "pillow"} <= names
    assert not names & {"pytest", "httpx", "weaviate-client", "scikit-image"}


def test_the_suite_gets_no_torch_and_no_scipy_by_way_of_scikit_image() -> None:
    names = listed("suite")
    assert {"pytest", "httpx", "numpy", "pillow", "weaviate-client"} <= names
    assert not names & {"torch", "transformers", "scikit-image"}
