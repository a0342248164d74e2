"""The README's commands, options, links, and examples are correct."""

import os
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest

from conformance.command import cli
from conformance.options import sources
from conformance.options.table import COMMAND_OPTIONS
from conformance.weaviate import embedded_server, server_selection
from lab import generated_docs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
APPLICATION = ROOT / "examples" / "application" / "test_catalog.py"


@pytest.mark.reference
@pytest.mark.skipif(server_selection.at_hand() is None, reason="no Weaviate in the client's cache")
def test_the_application_runs(tmp_path: Path) -> None:
    # The client's default gRPC port may be in use: systems take it for outgoing connections, too.
    http, grpc = embedded_server.free_ports(2)
    version, ours = 'version="1.39.0"', tmp_path / APPLICATION.name
    application = APPLICATION.read_text(encoding="utf-8")
    assert version in application
    own_ports = f"{version}, port={http}, grpc_port={grpc}"
    ours.write_text(application.replace(version, own_ports), encoding="utf-8")
    environment = {**os.environ, "DISABLE_TELEMETRY": "true", "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ours)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert not missing


def test_every_option_is_in_the_page_of_options() -> None:
    assert generated_docs.page(OPTIONS) == OPTIONS
    assert re.findall(r"^\| `(--[\w-]+)", OPTIONS, re.MULTILINE) == [
        f"--{row.name}" for row in COMMAND_OPTIONS
    ]


def shown_commands() -> list[list[str]]:
    """The arguments of each `clip-conformance` line of the pages, --help, and workflows."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / ".github").glob("**/*.*")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages).replace("\\\n", " ")
    lines = re.findall(r"^(?:\$ | *- run: | *)(clip-conformance .*)$", text, re.MULTILINE)
    lines += re.findall(r"^  (clip-conformance .*?)(?:  .*|)$", cli.DESCRIPTION, re.MULTILINE)
    shell = re.compile(r" (?:\|\|?|>|&|\() ?.*")
    return [shlex.split(shell.sub("", line), comments=True)[1:] for line in lines]


def help_of(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The --help output of the command or of a subcommand."""
    with suppress(SystemExit):
        cli.main([*words, "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_a_command_that_is_shown_is_accepted(words: list[str]) -> None:
    suite = click.Command("clip-conformance", params=[*sources.parameters()])
    if words[0] in cli.COMMANDS:
        resolve_name(cli.COMMANDS[words[0]]).make_context(words[0], words[1:])
    else:
        suite.make_context("clip-conformance", words)


def test_every_command_is_in_the_readme_and_in_help() -> None:
    told = set(re.findall(r"`(?:clip-conformance )?([a-z-]+)(?: [^`]*)?`", README))
    told |= {words[0] for words in shown_commands()}
    assert set(cli.COMMANDS) <= told
    assert all(f"  clip-conformance {name}" in cli.DESCRIPTION for name in cli.COMMANDS)


def test_every_option_of_a_subcommand_is_used_in_a_test(capsys: pytest.CaptureFixture[str]) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    for name in set(cli.COMMANDS) - {"stand-in"}:
        rows = re.findall(r"^  (-.*?)(?:  .*)?$", help_of([name], capsys), re.MULTILINE)
        spellings = [re.findall(r"(?<!\S)--?[a-z][\w-]*", row) for row in rows]
        assert rows
        assert [row for row in spellings if not any(f'"{word}' in tests for word in row)] == []
