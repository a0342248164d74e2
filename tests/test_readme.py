"""The README is true: what it shows is what is there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.command import cli
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


def shown_commands() -> list[list[str]]:
    """The words of each `clip-conformance` line of the README, of examples in --help, and TAG."""
    lines = re.findall(r"^\$ (clip-conformance .*)$", README, re.MULTILINE)
    lines += re.findall(r"^  (clip-conformance .*?)(?:  .*|)$", cli.DESCRIPTION, re.MULTILINE)
    return [shlex.split(line, comments=True)[1:] for line in lines]


def help_of(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What --help shows of the command, or of a subcommand."""
    with pytest.raises(SystemExit):
        cli.main([*words, "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_a_command_that_is_shown_has_these_options(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = [words[0]] if words[0] in cli.SUBCOMMANDS else []
    if command == ["stand-in"]:
        pytest.skip("its options are the reference's; tests/exact has its tests")
    known = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", help_of(command, capsys)))
    assert {word for word in words if word.startswith("-")} <= known


def test_every_command_is_in_the_readme_and_in_help() -> None:
    told = set(re.findall(r"`(?:clip-conformance )?([a-z-]+)(?: [^`]*)?`", README))
    told |= {words[0] for words in shown_commands()}
    assert set(cli.SUBCOMMANDS) <= told
    assert all(f"  clip-conformance {name}" in cli.DESCRIPTION for name in cli.SUBCOMMANDS)


@pytest.mark.parametrize("name", sorted(set(cli.SUBCOMMANDS) - {"stand-in"}))
def test_every_option_of_a_subcommand_is_used_in_a_test(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = re.findall(r"^  (-.*?)(?:  .*)?$", help_of([name], capsys), re.MULTILINE)
    texts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    unused = [
        row
        for row in rows
        if not any(f'"{option}' in texts for option in re.findall(r"(?<!\S)--?[a-z][\w-]*", row))
    ]
    assert rows
    assert unused == []


@pytest.mark.parametrize("copies", [0, 2])
def test_a_readme_without_one_table_of_options_is_refused(copies: int) -> None:
    with pytest.raises(ValueError, match=f"{copies} blocks"):
        readme_table.replaced((readme_table.BEGIN + readme_table.END) * copies)
