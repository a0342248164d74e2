"""What can go wrong with a container: typed, each one clear line, with the end of its log."""

from collections.abc import Sequence


class ContainerTrouble(RuntimeError):
    """The container cannot be judged; the message is one line, `log` the end of what it said."""

    def __init__(self, line: str, log: Sequence[str] = ()) -> None:
        super().__init__(line)
        self.log = tuple(log)

    def with_log(self) -> str:
        """The line, and below it the end of the container's log, indented."""
        return "\n".join([str(self), *(f"  | {line}" for line in self.log)])


class EngineMissing(ContainerTrouble):
    """There is no `docker` command, or no engine answers it."""


class ImageMissing(ContainerTrouble):
    """The image is not here and cannot be pulled."""


class DiedAtStart(ContainerTrouble):
    """The container could not be started, or ended before it was ready."""


class NeverReady(ContainerTrouble):
    """The container runs and was not ready in time."""


class CommandFailed(ContainerTrouble):
    """The engine refused a command."""
