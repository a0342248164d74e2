"""The GitHub Action: its inputs match the options, and its steps work when run."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from lab import generated_docs
from tests.endpoints import registry
from tests.endpoints.server import serve

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "action.yml").read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load(TEXT)
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}


def test_the_inputs_are_the_options() -> None:
    assert generated_docs.action(TEXT) == TEXT
    assert [*ACTION["inputs"]] == [
        *(row.name for row in generated_docs.CONFIGURABLE),
        "python-version",
    ]


def test_no_step_lets_the_shell_read_an_input() -> None:
    assert not [name for name, step in STEPS.items() if "${{" in step["run"]]


def test_every_output_is_one_of_a_step() -> None:
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.run.outputs.{name} }}}}"


def test_the_run_step_hands_on_the_verdict(tmp_path: Path) -> None:
    fault = registry.find("bom")
    with serve(fault.build()) as url:
        given = {"url": url, "model": fault.model, "weights": fault.weights}
        done = run_step(tmp_path, {**given, "clause": "VEC-04", "weaviate": "off"})
    assert done.returncode == 1, done.stdout + done.stderr
    outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    assert outputs["verdict"] == "not conformant"
    assert Path(outputs["badge"]).is_file()
    assert "not conformant" in (tmp_path / "summary").read_text()
    (tmp_path / "output").unlink()
    assert run_step(tmp_path, {"url": "http://127.0.0.1:1", "strict": "perhaps"}).returncode == 4
    assert not (tmp_path / "output").read_text(), "the verdict of the earlier step"


def run_step(folder: Path, inputs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the step that runs the suite, as GitHub does: every input is a variable, which may be
    empty."""
    names = STEPS["Run the suite"]["env"]
    filled = {
        variable: inputs.get(value.removeprefix("${{ inputs.").removesuffix(" }}"), "")
        for variable, value in names.items()
    }
    environment = {
        **os.environ,
        **filled,
        "FALLBACK": str(folder / "report"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    script = STEPS["Run the suite"]["run"]
    return subprocess.run(
        [*command, script], env=environment, cwd=folder, capture_output=True, text=True, timeout=120
    )
