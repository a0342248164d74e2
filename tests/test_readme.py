"""The README is true: what it shows is what is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.options import readme_table
from conformance.options.table import COMMAND_OPTIONS
from conformance.weaviate.server import binary

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
APPLICATION = ROOT / "examples" / "application" / "test_catalogue.py"


def blocks(language: str) -> list[str]:
    """The README's code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_application_is_the_examples_file() -> None:
    assert blocks("python") == [APPLICATION.read_text(encoding="utf-8")]


@pytest.mark.reference
@pytest.mark.skipif(binary.at_hand() is None, reason="no Weaviate in the client's cache")
def test_the_application_runs(tmp_path: Path) -> None:
    environment = {**os.environ, "DISABLE_TELEMETRY": "true", "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(APPLICATION)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert not missing


def test_the_table_of_options_is_the_tables() -> None:
    assert readme_table.replaced(README) == README


def test_every_option_of_the_command_is_in_the_table() -> None:
    assert re.findall(r"^\| `(--[\w-]+)", README, re.MULTILINE) == [
        f"--{row.name}" for row in COMMAND_OPTIONS
    ]


@pytest.mark.parametrize("copies", [0, 2])
def test_a_readme_without_one_table_of_options_is_refused(copies: int) -> None:
    with pytest.raises(ValueError, match=f"{copies} tables"):
        readme_table.replaced((readme_table.BEGIN + readme_table.END) * copies)
