"""Start, inspect, and reliably stop a single container."""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.containers import engine
from conformance.containers.engine import CommandFailed, ContainerTrouble
from conformance.options.table import Pull
from conformance.transport.child_process import ChildProcess, Stopped

PORT = 8080
"""The port on which the vendor's images, and therefore all others, listen."""
TEMPORARY = "/tmp"
HOST = "host.docker.internal"
"""The name of this machine inside the container, if `sees_host`."""
LABEL = "clip-conformance"
"""Label on every container, with the process that it belongs to."""
LOG_LINES = 20
LONGEST_LINE = 500
REMOVED_WITHIN = 30.0
"""Seconds that the engine may take to remove a container."""


@dataclass(frozen=True)
class ContainerOptions:
    """Options for ``docker create`` other than the image."""

    env: Mapping[str, str] = field(default_factory=dict)
    gpus: str | None = None
    """As in ``docker run --gpus``: ``all``, a number, ``device=0``."""
    pull: Pull = "missing"
    mounts: Mapping[Path, str] = field(default_factory=dict)
    """Files and directories of this machine with their read-only paths inside."""
    port: int = PORT
    """The port that the image listens on."""
    more_ports: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    """Arguments for the image's entry point, instead of its own command."""
    sees_host: bool = False
    """Whether this machine can be reached from inside, as `HOST`."""
    user: str | None = None
    """``UID:GID`` instead of the image's own user."""
    read_only: bool = False
    """Whether the root file system is read-only, except for an empty `TEMPORARY`."""

    def create_words(self, image: str) -> list[str]:
        """The arguments of ``docker create``; a free loopback port leads to the container."""
        words = ["--pull", "never"]
        for port in (self.port, *self.more_ports):
            words += ["--publish", f"127.0.0.1::{port}"]
        words += ["--label", f"{LABEL}={os.getpid()}"]
        words += [f"--env={name}={value}" for name, value in self.env.items()]
        for folder, inside in self.mounts.items():
            # Unlike --volume, it does not create an empty directory if the source is missing.
            source = folder.resolve()
            words += ["--mount", f"type=bind,source={source},target={inside},readonly"]
        if self.gpus is not None:
            words += ["--gpus", self.gpus]
        if self.user is not None:
            words += ["--user", self.user]
        if self.read_only:
            words += ["--read-only", "--tmpfs", TEMPORARY]
        if self.sees_host:
            words += ["--add-host", f"{HOST}:host-gateway"]
        return [*words, image, *self.command]


@dataclass(frozen=True)
class State:
    """The engine's description of a container's state."""

    running: bool
    exit_code: int
    out_of_memory: bool


STATUSES = {
    127: "its command does not exist",
    132: "the processor lacks an instruction, often AVX",
    137: "killed, usually for lack of memory",
    139: "it crashed",
}
"""The meanings of containers' exit statuses, regardless of what runs in them."""


def reason(state: State, last_line: str) -> str:
    """Why a container ended, in parentheses after a space; empty if only its log can tell."""
    if state.out_of_memory:
        return " (out of memory)"
    if "exec format error" in last_line:
        return " (the image was built for another processor architecture)"
    known = STATUSES.get(state.exit_code)
    return f" ({known})" if known else ""


def state_of(container: str) -> State:
    """The state of the container with that id."""
    shown = json.loads(engine.call("inspect", "--format", "{{json .State}}", container))
    return State(shown["Running"], shown["ExitCode"], shown["OOMKilled"])


class Container(Stopped):
    """The image, started alone on a free port of the loopback interface.

    Raises ContainerTrouble. If the suite is killed, the container is removed too, since a separate
    process holds it (`container_supervisor`).
    """

    def __init__(self, image: str, options: ContainerOptions | None = None) -> None:
        self.image = image
        self.options = options or ContainerOptions()
        engine.check()
        engine.fetch(image, self.options.pull)
        self.names = engine.names(image)
        self.digest = self.names[0]
        """Its first digest in a registry, or the id of a local build."""
        self._supervisor = ChildProcess(
            [sys.executable, "-m", "conformance.containers.container_supervisor"], listens=True
        )
        try:
            self.id = self._created()
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self) -> None:
        """Start the container, or restart it if it has ended, which changes the port and `url`."""
        self.started = time.monotonic()
        try:
            engine.call("start", self.id)
            self.url = f"http://{self.published(self.options.port)}"
        except CommandFailed as problem:
            raise self.died(str(problem)) from problem

    def published(self, port: int) -> str:
        """``127.0.0.1:PORT``; raises CommandFailed if the container has already ended."""
        return engine.call("port", self.id, f"{port}/tcp").split()[0]

    @property
    def state(self) -> State:
        """The container's current state."""
        return state_of(self.id)

    @property
    def running(self) -> bool:
        """Whether its process is running."""
        try:
            return self.state.running
        except ContainerTrouble:
            return False

    def died(self, refusal: str = "") -> ContainerTrouble:
        """The error that says how it ended; `refusal` is the engine's message, if any."""
        state, log = self.state, self.log_tail()
        last = refusal if refusal and not log else self.last_log_line()
        why = reason(state, last)
        line = f"the container of {self.image} exited with status {state.exit_code}{why}: {last}"
        return ContainerTrouble(line, log)

    def log_tail(self) -> list[str]:
        """The last lines of its log."""
        return [line.text[:LONGEST_LINE] for line in engine.log(self.id, LOG_LINES)]

    def last_log_line(self) -> str:
        """The last line that it wrote to stderr, or else to stdout."""
        written = engine.log(self.id, LOG_LINES)
        errors = [line.text for line in written if line.stream == "stderr" and line.text.strip()]
        lines = errors or [line.text for line in written] or ["it produced no output"]
        return lines[-1][:LONGEST_LINE]

    def stop(self) -> None:
        """Remove the container, running or not; does nothing if it is gone."""
        # Killing the supervisor would leave the container behind; it exits soon after its command.
        self._supervisor.end_input(REMOVED_WITHIN + engine.COMMAND_SECONDS)
        self._supervisor.stop()

    def _created(self) -> str:
        self._supervisor.write_line(json.dumps(self.options.create_words(self.image)))
        line = self._supervisor.next_line(engine.COMMAND_SECONDS + REMOVED_WITHIN)
        answer = json.loads(line or '{"trouble": "its supervisor exited unexpectedly"}')
        if "trouble" in answer:
            raise ContainerTrouble(f"the container cannot be created: {answer['trouble']}")
        return str(answer["id"])
