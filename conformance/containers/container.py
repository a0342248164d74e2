"""Start, inspect and reliably stop a single container."""

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
"""The vendor's, and so everybody's."""
TEMPORARY = "/tmp"
HOST = "host.docker.internal"
"""What this machine is called inside, where `sees_host`."""
LABEL = "clip-conformance"
"""On every container, with the process that it belongs to."""
LOG_LINES = 20
LONGEST_LINE = 500
REMOVED_WITHIN = 30.0
"""Seconds that the engine may take to remove a container."""


@dataclass(frozen=True)
class ContainerOptions:
    """What the user, or a check, gives ``docker create`` beyond the image."""

    env: Mapping[str, str] = field(default_factory=dict)
    gpus: str | None = None
    """As for ``docker run --gpus``: ``all``, a number, ``device=0``."""
    pull: Pull = "missing"
    mounts: Mapping[Path, str] = field(default_factory=dict)
    """Files and folders of this machine with where they appear inside, read-only."""
    port: int = PORT
    """The port that the image listens on."""
    more_ports: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    """Words for the image's entry point, instead of its own."""
    sees_host: bool = False
    """Whether this machine has a name inside: `HOST`."""
    user: str | None = None
    """``UID:GID`` instead of the image's own user."""
    read_only: bool = False
    """Whether the root file system is read-only but for an empty `TEMPORARY`."""

    def create_words(self, image: str) -> list[str]:
        """The words of ``docker create``; any free port of the loopback interface leads inside."""
        words = ["--pull", "never"]
        for port in (self.port, *self.more_ports):
            words += ["--publish", f"127.0.0.1::{port}"]
        words += ["--label", f"{LABEL}={os.getpid()}"]
        words += [f"--env={name}={value}" for name, value in self.env.items()]
        for folder, inside in self.mounts.items():
            # Unlike --volume, it does not make an empty folder where there is none.
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
    """What the engine says of a container."""

    running: bool
    exit_code: int
    out_of_memory: bool


def state_of(container: str) -> State:
    """What the engine says of the container with that id."""
    shown = json.loads(engine.call("inspect", "--format", "{{json .State}}", container))
    return State(shown["Running"], shown["ExitCode"], shown["OOMKilled"])


class Container(Stopped):
    """The image, started alone on a free port of the loopback interface.

    Raises ContainerTrouble. Where the suite itself is killed, the container goes too: a program of
    its own holds it (`container_supervisor`).
    """

    def __init__(self, image: str, options: ContainerOptions | None = None) -> None:
        self.image = image
        self.options = options or ContainerOptions()
        engine.check()
        engine.fetch(image, self.options.pull)
        self.digest = engine.digest(image)
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
        """Start it, again where it has ended; the port, and so `url`, is another then."""
        self.started = time.monotonic()
        try:
            engine.call("start", self.id)
            self.url = f"http://{self.published(self.options.port)}"
        except CommandFailed as problem:
            raise self.died(str(problem)) from problem

    def published(self, port: int) -> str:
        """``127.0.0.1:PORT``; raises CommandFailed where the container has ended already."""
        return engine.call("port", self.id, f"{port}/tcp").split()[0]

    @property
    def state(self) -> State:
        """What the engine says now."""
        return state_of(self.id)

    @property
    def running(self) -> bool:
        """Whether its process is still there."""
        try:
            return self.state.running
        except ContainerTrouble:
            return False

    def died(self, refusal: str = "") -> ContainerTrouble:
        """The error that says how it ended; `refusal` is the engine's, where it never began."""
        state, log = self.state, self.log_tail()
        last = refusal if refusal and not log else self.last_log_line()
        why = " (out of memory)" if state.out_of_memory else ""
        line = f"the container of {self.image} ended with status {state.exit_code}{why}: {last}"
        return ContainerTrouble(line, log)

    def log_tail(self, lines: int = LOG_LINES) -> list[str]:
        """The last lines that it wrote."""
        return [line.text[:LONGEST_LINE] for line in engine.log(self.id, lines)]

    def last_log_line(self) -> str:
        """The last line that it wrote to stderr, else to stdout."""
        written = engine.log(self.id, LOG_LINES)
        errors = [line.text for line in written if line.stream == "stderr" and line.text.strip()]
        lines = errors or [line.text for line in written] or ["it said nothing"]
        return lines[-1][:LONGEST_LINE]

    def stop(self) -> None:
        """Remove it, running or not; does nothing where it is gone."""
        # Killing the supervisor would leave the container; it ends soon after its command does.
        self._supervisor.end_input(REMOVED_WITHIN + engine.COMMAND_SECONDS)
        self._supervisor.stop()

    def _created(self) -> str:
        self._supervisor.write_line(json.dumps(self.options.create_words(self.image)))
        line = self._supervisor.next_line(engine.COMMAND_SECONDS + REMOVED_WITHIN)
        answer = json.loads(line or '{"trouble": "its supervisor exited unexpectedly"}')
        if "trouble" in answer:
            raise ContainerTrouble(f"the container cannot be created: {answer['trouble']}")
        return str(answer["id"])
