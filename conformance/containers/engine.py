"""Call the `docker` command with time limits, turn errors into exceptions, and inspect images."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from conformance.data.messages import UserError, printable
from conformance.options.table import Pull

COMMAND = "docker"
ENGINE_SAYS = "Error response from daemon: "
COMMAND_SECONDS = 60.0
"""Time limit of every command except a pull; a container's start has taken 5 s under load."""
MODEL_VARIABLE = "clip-conformance.model-variable"
"""A label that names the environment variable for choosing a model, if an image has several. The
reference's image has it, and so do images built from it."""
WEIGHTS_VARIABLE = "clip-conformance.weights-variable"
"""A label that names the environment variable for choosing weights; only its value `stand-in`
matters."""
STAND_IN = "stand-in"


class ContainerTrouble(UserError):
    """The container cannot be tested; the message is one line, and `log` is the end of its log."""

    def __init__(self, line: str, log: Sequence[str] = ()) -> None:
        super().__init__(line)
        self.log = tuple(log)

    def with_log(self) -> str:
        """The message, followed by the end of the container's log, indented."""
        return "\n".join([str(self), *(f"  | {printable(line)}" for line in self.log)])


class CommandFailed(ContainerTrouble):
    """The engine rejected a command."""


def call(*words: str, seconds: float | None = COMMAND_SECONDS) -> str:
    """The output of ``docker WORDS``; `seconds` None waits forever.

    Raises ContainerTrouble if there is no command or no answer, CommandFailed for a rejection.
    """
    return _done(words, seconds).stdout


@dataclass(frozen=True)
class LogLine:
    """A line of a container's log: the time (in the engine's format), the stream, and the text."""

    time: str
    stream: Literal["stdout", "stderr"]
    text: str


def log(container: str, lines: int) -> list[LogLine]:
    """The last lines that a container wrote, in chronological order across both streams."""
    done = _done(("logs", "--timestamps", "--tail", str(lines), container), COMMAND_SECONDS)
    written = [*_timed("stdout", done.stdout), *_timed("stderr", done.stderr)]
    return sorted(written, key=lambda line: line.time)[-lines:]


def _timed(stream: Literal["stdout", "stderr"], output: str) -> list[LogLine]:
    # Only a line feed ends a line of the log; Python's splitlines would split at other characters.
    parts = (line.partition(" ") for line in output.split("\n") if line)
    return [LogLine(time, stream, text) for time, _, text in parts]


def _done(words: Sequence[str], seconds: float | None) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, *words]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except FileNotFoundError as problem:
        raise ContainerTrouble(f"no container engine: command `{COMMAND}` not found") from problem
    except subprocess.TimeoutExpired as problem:
        line = f"no container engine: `{COMMAND} {words[0]}` did not finish within {seconds:g} s"
        raise ContainerTrouble(line) from problem
    if done.returncode:
        said = reason(done.stderr or done.stdout)
        raise CommandFailed(said or f"`{COMMAND} {words[0]}` failed")
    return done


def check() -> str:
    """The engine's version; raises ContainerTrouble if no engine responds."""
    try:
        return call("version", "--format", "{{.Server.Version}}", seconds=20).strip()
    except CommandFailed as problem:
        raise ContainerTrouble(f"no container engine: {problem}") from problem


def fetch(image: str, policy: Pull) -> None:
    """Make sure the image is here, pulling it according to `policy`; raises ContainerTrouble."""
    if policy == "always" or (policy == "missing" and not _is_here(image)):
        try:
            call("pull", "--quiet", image, seconds=None)
        except CommandFailed as problem:
            raise ContainerTrouble(f"{image} cannot be pulled: {problem}") from problem
    elif not _is_here(image):
        line = f"{image} is not on this machine, and `--pull never` forbids pulling it"
        raise ContainerTrouble(line)


def names(image: str) -> list[str]:
    """Every name of the image: its digests in registries, its id, and its tags."""
    found = json.loads(call("image", "inspect", "--format", "{{json .}}", image))
    return [*(found.get("RepoDigests") or []), found["Id"], *(found.get("RepoTags") or [])]


def reason(output: str) -> str:
    """The line that says why a command failed: the engine's, or else the last except for hints."""
    lines = [line.strip() for line in output.splitlines()]
    telling = [line for line in lines if line and not line.startswith(("See '", "Run '"))]
    engines = [line.removeprefix(ENGINE_SAYS) for line in lines if line.startswith(ENGINE_SAYS)]
    return (engines or telling or [""])[-1]


def _is_here(image: str) -> bool:
    try:
        call("image", "inspect", "--format", "{{.Id}}", image)
    except CommandFailed:
        return False
    return True


@dataclass(frozen=True)
class ImageFacts:
    """The labels and variables that an image was built with."""

    labels: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def names_model(self, tag: str) -> dict[str, str]:
        """The environment that makes it serve `tag`; empty for an image of one model."""
        return {self.labels[MODEL_VARIABLE]: tag} if MODEL_VARIABLE in self.labels else {}

    def has_stand_ins(self, env: dict[str, str]) -> bool:
        """Whether a container with `env` serves a stand-in that is inside the image."""
        variable = self.labels.get(WEIGHTS_VARIABLE, "")
        return {**self.env, **env}.get(variable) == STAND_IN


def facts_of(image: str) -> ImageFacts:
    """The image's facts; raises CommandFailed if it is not on this machine."""
    config = json.loads(call("image", "inspect", "--format", "{{json .Config}}", image))
    pairs = (each.partition("=") for each in config.get("Env") or ())
    return ImageFacts(config.get("Labels") or {}, {name: value for name, _, value in pairs})


def serves_stand_in(image: str, env: dict[str, str]) -> bool:
    """Like `has_stand_ins`, but false if the image is not on this machine."""
    try:
        return facts_of(image).has_stand_ins(env)
    except ContainerTrouble:
        return False
