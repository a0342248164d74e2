"""The full Weaviate group, as a user runs it, with and without a real server."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import run
from conformance.transport.child_process import ChildProcess, wait_until
from conformance.weaviate import embedded_server
from tests.endpoints import registry
from tests.endpoints.server import serve
from tests.weaviate import real
from tests.weaviate.conftest import leftovers

HANG = 300.0
"""Seconds after which a run has hung."""
MODEL = "sentence-transformers-clip-ViT-B-32"
IMPORTS = """
import importlib, pkgutil, sys
import conformance.command.cli
import conformance.checks as checks
for module in pkgutil.walk_packages(checks.__path__, checks.__name__ + "."):
    importlib.import_module(module.name)
print(sorted(name for name in ("weaviate", "grpc") if name in sys.modules))
"""


def command(url: str, *more: str) -> list[str]:
    model = ["--model", MODEL, "--weights", "stand-in"]
    return [sys.executable, "-m", "conformance", url, *model, "--group", "WVT", *more]


def statuses(report: Path) -> set[str]:
    rows: list[dict[str, Any]] = json.loads((report / "report.json").read_text())["clauses"]
    return {row["status"] for row in rows if row["id"].startswith("WVT")}


@real.needed
@pytest.mark.usefixtures("own_temporary_folder")
def test_every_clause_passes_behind_a_prefix(tmp_path: Path) -> None:
    more = ["--weaviate", f"embedded:{real.version()}", "--report", str(tmp_path)]
    with serve(registry.find("prefix").build()) as url:
        done = subprocess.run(command(url, *more), capture_output=True, text=True, timeout=HANG)
    assert statuses(tmp_path) == {"pass"}, done.stdout
    assert leftovers() == []


@pytest.mark.usefixtures("empty_cache", "own_temporary_folder")
def test_without_a_program_the_run_is_incomplete(
    endpoint_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    report = run(endpoint_url, model=MODEL, weights="stand-in", group=["WVT"], weaviate="embedded")
    assert report.exit_status not in (0, 1)
    group = [row for name, row in report.clauses.items() if name.startswith("WVT")]
    assert {row.status for row in group} == {"not run"}
    assert "is not available" in str(report.document)


@real.needed
def test_a_signal_in_the_middle_leaves_nothing_behind(
    endpoint_url: str, own_temporary_folder: Path
) -> None:
    data = f"{embedded_server.FOLDER}*/data/schema.db"
    with ChildProcess(command(endpoint_url, "--weaviate", f"embedded:{real.version()}")) as run:
        assert wait_until(lambda: list(own_temporary_folder.glob(data)) or not run.running, HANG)
        os.kill(run.pid, signal.SIGTERM)
        assert run.wait(HANG) not in (None, 0, 1)
    assert leftovers() == []
    assert subprocess.run(["pgrep", "-f", str(own_temporary_folder)]).returncode == 1


def test_the_whole_suite_is_imported_without_the_client() -> None:
    """Importing weaviate-client takes a second, so only runs that use it import it."""
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
