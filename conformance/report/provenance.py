"""What a reader needs to believe a report: which suite, which contract, where it ran, and how."""

import hashlib
import json
import platform
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.data import clauses
from conformance.options.settings import Given
from conformance.options.sources import COMMAND_LINE
from conformance.report.sanitizer import Sanitizer
from conformance.transport.endpoint import Target

DISTRIBUTION = "multi2vec-clip-conformance"
COMMAND = "clip-conformance"
PACKAGE = Path(__file__).parents[1]
PREFIX = "--clip-"
NO_OPTIONS: Mapping[str, Given] = MappingProxyType({})


@dataclass(frozen=True)
class Provenance:
    """What only the run itself knows."""

    started: datetime
    """In UTC."""
    command: str
    """The line that repeats the run, without secrets."""

    @staticmethod
    def begin(
        arguments: Sequence[str], sanitizer: Sanitizer, options: Mapping[str, Given]
    ) -> "Provenance":
        """The provenance of a run that begins now with these arguments of pytest.

        `options` has what was given, also in variables and in pyproject.toml.
        """
        return Provenance(datetime.now(UTC), command_line(arguments, sanitizer, options))


def command_line(
    arguments: Sequence[str], sanitizer: Sanitizer, options: Mapping[str, Given] = NO_OPTIONS
) -> str:
    """The command behind pytest's arguments: the console command's, or pytest's own.

    What was given elsewhere is on it, too: the reader has neither the variables nor the file.
    """
    words, own = list(map(str, arguments)), str(PACKAGE / "checks")
    if words.count(own) < 2:
        elsewhere = _given_elsewhere(options, PREFIX)
        return shlex.join(["pytest", *map(sanitizer.word, [*words, *elsewhere])])
    # The console command's own words end with that folder; it is the value of --confcutdir too.
    end = words.index(own, words.index(own) + 1)
    given = [word for each in words[end + 1 :] for word in _short(each)]
    url = [word.removeprefix(f"{PREFIX}url=") for word in words if word.startswith(f"{PREFIX}url=")]
    elsewhere = _given_elsewhere(options, "--")
    return shlex.join([COMMAND, *map(sanitizer.word, [*url, *given, *elsewhere])])


def _given_elsewhere(options: Mapping[str, Given], prefix: str) -> list[str]:
    """The words for what was given in variables and in the file."""
    words: list[str] = []
    for name, given in options.items():
        if given.origin == COMMAND_LINE or given.value is False:
            continue
        flag = [] if name == "url" and prefix == "--" else [f"{prefix}{name}"]
        values = given.value if isinstance(given.value, list) else [given.value]
        words += flag if given.value is True else [w for each in values for w in (*flag, str(each))]
    return words


def _short(word: str) -> list[str]:
    """A word of the plugin's as words of the console command's."""
    if not word.startswith(PREFIX):
        return [word]
    name, equals, value = word.removeprefix(PREFIX).partition("=")
    if name == "url":
        return []
    return [f"--{name}", value] if equals else [f"--{name}"]


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def suite() -> dict[str, Any]:
    """The suite's name, its version, and its commit where that is known."""
    return {"name": DISTRIBUTION, "version": version(DISTRIBUTION), "commit": _commit()}


def _commit() -> str | None:
    """Of a checkout, marked -dirty where files were changed; or what pip has noted down."""
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


def contract() -> dict[str, str]:
    """The version of the contract, and the digest of its clauses as they are now."""
    return {"version": clauses.contract_version(), "digest": clauses.contract_digest()}


def environment() -> dict[str, str]:
    """Where the suite ran."""
    return {"python": platform.python_version(), "platform": platform.platform()}


def meta_digest(target: Target) -> str | None:
    """SHA-256 of the body that /meta answered at the start; None without an answer."""
    seen = target.preflight.meta
    if seen.failure:
        return None
    return f"sha256:{hashlib.sha256(seen.body).hexdigest()}"
