"""The `docker` command, bounded in time, with its refusals as typed errors."""

import subprocess
from typing import Literal, get_args

from conformance.containers.trouble import CommandFailed, EngineMissing, ImageMissing

PullPolicy = Literal["missing", "always", "never"]
PULL_POLICIES: tuple[str, ...] = get_args(PullPolicy)

COMMAND = "docker"
COMMAND_SECONDS = 60.0
"""Bound of every command but a pull; on a loaded machine a start has taken 5 s."""


def call(*words: str, seconds: float | None = COMMAND_SECONDS) -> str:
    """What ``docker WORDS`` prints, stderr after stdout; None waits for ever.

    Raises EngineMissing where there is no command or no answer, CommandFailed for a refusal.
    """
    try:
        done = subprocess.run(
            [COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except FileNotFoundError as problem:
        raise EngineMissing(f"no container engine: there is no command `{COMMAND}`") from problem
    except subprocess.TimeoutExpired as problem:
        line = f"no container engine: `{COMMAND} {words[0]}` did not end within {seconds:g} s"
        raise EngineMissing(line) from problem
    if done.returncode:
        raise CommandFailed(reason(done.stdout) or f"`{COMMAND} {words[0]}` failed")
    return done.stdout


def check() -> str:
    """The engine's version; raises EngineMissing where none answers."""
    try:
        return call("version", "--format", "{{.Server.Version}}", seconds=20).strip()
    except CommandFailed as problem:
        raise EngineMissing(f"no container engine: {problem}") from problem


def fetch(image: str, policy: PullPolicy) -> None:
    """See that the image is here, pulling it as `policy` says; raises ImageMissing."""
    if policy == "always" or (policy == "missing" and not _is_here(image)):
        try:
            call("pull", "--quiet", image, seconds=None)
        except CommandFailed as problem:
            raise ImageMissing(f"{image} cannot be pulled: {problem}") from problem
    elif not _is_here(image):
        raise ImageMissing(f"{image} is not on this machine, and --pull never forbids to fetch it")


def digest(image: str) -> str:
    """What names the image for ever: its digest in a registry, else the id of a local build."""
    shown = call("image", "inspect", "--format", '{{join .RepoDigests " "}} {{.Id}}', image)
    return shown.split()[0]


def reason(output: str) -> str:
    """Of a refusal the line that says why: the last one that is not the hint at ``--help``."""
    lines = [line.strip() for line in output.splitlines()]
    telling = [line for line in lines if line and not line.startswith(("See '", "Run '"))]
    return telling[-1].removeprefix("Error response from daemon: ") if telling else ""


def _is_here(image: str) -> bool:
    try:
        call("image", "inspect", "--format", "{{.Id}}", image)
    except CommandFailed:
        return False
    return True
