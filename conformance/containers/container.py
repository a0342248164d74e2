"""One container from the image under test, removed whatever happens."""

import json
import time
from dataclasses import dataclass
from types import TracebackType

from conformance.containers import engine
from conformance.containers.errors import CommandFailed, ContainerTrouble, DiedAtStart
from conformance.containers.options import ContainerOptions
from conformance.containers.supervisor import Supervisor

LOG_LINES = 20
LONGEST_LINE = 500


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


class Container:
    """The image, started alone on a free port of the loopback interface.

    Raises EngineMissing, ImageMissing or DiedAtStart. Where the suite itself is killed, the
    container goes too (`holder`).
    """

    def __init__(self, image: str, options: ContainerOptions | None = None) -> None:
        self.image = image
        self.options = options or ContainerOptions()
        engine.check()
        engine.fetch(image, self.options.pull)
        self.digest = engine.digest(image)
        self._holder = Supervisor(self.options.create_words(image))
        self.id = self._holder.id
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Container":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

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

    def died(self, refusal: str = "") -> DiedAtStart:
        """The error that says how it ended; `refusal` is the engine's, where it never began."""
        state, log = self.state, self.log_tail()
        last = refusal if refusal and not log else self.last_log_line()
        why = " (out of memory)" if state.out_of_memory else ""
        line = f"the container of {self.image} ended with status {state.exit_code}{why}: {last}"
        return DiedAtStart(line, log)

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
        self._holder.close()
