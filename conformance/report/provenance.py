"""Where a report comes from: the suite, the contract, the environment, and the options."""

import hashlib
import json
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

from conformance.options.settings import Given
from conformance.options.table import COMMAND_LINE
from conformance.report.sanitizer import Sanitizer
from conformance.transport.endpoint import Target

DISTRIBUTION = "multi2vec-clip-conformance"
COMMAND = "clip-conformance"
PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Provenance:
    """Facts that are known only to the run itself."""

    started: datetime
    """In UTC."""
    command: str
    """The command that repeats the run, without secrets."""


def command_line(
    given: Mapping[str, Given],
    sanitizer: Sanitizer,
    words: Sequence[str] = (),
    pytest_line: Sequence[str] | None = None,
) -> str:
    """The command that repeats a run: the console command, or pytest's if the run used pytest.

    `given` has the options by name, including those from variables and pyproject.toml, which the
    reader does not have; `words` go to pytest; `pytest_line` has pytest's own arguments.
    """
    if pytest_line is not None:
        elsewhere = {name: each for name, each in given.items() if each.origin != COMMAND_LINE}
        line = ["pytest", *pytest_line, *_words(elsewhere, "--clip-")]
    else:
        url = [str(given["url"].value)] if "url" in given else []
        options = {name: each for name, each in given.items() if name != "url"}
        line = [COMMAND, *url, *_words(options, "--"), *(["--", *words] if words else [])]
    return shlex.join(map(sanitizer.word, line))


def _words(given: Mapping[str, Given], prefix: str) -> list[str]:
    """The options as command-line arguments."""
    words: list[str] = []
    for name, each in given.items():
        if each.value is True:
            words.append(f"{prefix}{name}")
        elif each.value is not False:
            values = each.value if isinstance(each.value, list) else [each.value]
            words += [word for value in values for word in (f"{prefix}{name}", str(value))]
    return words


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def suite() -> dict[str, Any]:
    """The suite's name, version, and (if known) commit."""
    return {"name": DISTRIBUTION, "version": version(DISTRIBUTION), "commit": _commit()}


@cache
def _commit() -> str | None:
    """The commit of a checkout, with -dirty if files were changed, or the one recorded by pip."""
    root = PACKAGE.parent
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40"]
        command += ["--exclude=*"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip() or None
    try:
        noted = distribution(DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    commit = json.loads(noted or "{}").get("vcs_info", {}).get("commit_id")
    return str(commit) if commit else None


def meta_digest(target: Target) -> str | None:
    """SHA-256 of the body of /meta at the start; None without a response."""
    seen = target.preflight.meta
    if seen.failure:
        return None
    return f"sha256:{hashlib.sha256(seen.body).hexdigest()}"
