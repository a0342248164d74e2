"""Runs the program in TypeScript: one JSON document in, one out."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import conformance

FOLDER = Path(conformance.__file__).parent / "weaviate" / "typescript"
RUNNER = FOLDER / "node_modules" / ".bin" / "tsx"
OLDEST_NODE = 20
TIMEOUT = 240
"""Seconds for the whole program; two are usual."""


class Missing(RuntimeError):
    """Node or its modules are not here; the message is one line that says what to do."""


class Broken(RuntimeError):
    """The program failed; the message is the line that names the error."""


def check() -> None:
    """Raises Missing unless the program can run."""
    node = shutil.which("node")
    if node is None:
        raise Missing("Node is not here")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0] or 0) < OLDEST_NODE:
        raise Missing(f"Node {version} is too old: {OLDEST_NODE} or newer is needed")
    if not RUNNER.exists():
        raise Missing(f"the TypeScript client is not here: npm ci --prefix {FOLDER}")


def run(program: Path, task: Any) -> Any:
    """What the program answers to `task`; raises Missing or Broken."""
    check()
    try:
        done = subprocess.run(
            [str(RUNNER), str(program)],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            # Without the caller's proxies, which gRPC would use for this machine too.
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        )
    except subprocess.TimeoutExpired:
        raise Broken(f"no answer within {TIMEOUT} s") from None
    if done.returncode != 0:
        raise Broken(_last_log_line(done.stderr))
    return json.loads(done.stdout)


def _last_log_line(text: str) -> str:
    """The line that names the error, of Node's several about it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if "Error" in line.split(":")[0]]
    return (named or lines or ["it ended without a message"])[0][:500]
