"""Start the project's reference encoder as a child process and stop it reliably.

The command ``clip-conformance stand-in TAG DIR`` is here too, since the stand-ins are part of
the reference, which the suite never imports.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

import click

from conformance.data.messages import UserError, install
from conformance.transport.child_process import ChildProcess, Stopped
from conformance.transport.endpoint import Endpoint, Preflight, opened
from conformance.transport.readiness import Unusable, preflight

LISTENING_WITHIN = 60.0
"""Seconds until the program must listen: importing its web framework takes one or two."""
READY_WITHIN = 120.0
NO_STAND_INS = (
    f"the stand-ins come with the reference, which is not installed; {install('stand-in')}"
)


class Reference(Stopped):
    """``python -m reference`` on a free port, with the URL that it announces.

    Raises Unusable if the program ends or prints nothing before it listens.
    """

    def __init__(
        self, tag: str, weights: str, dimensions: int | None = None, extra: Sequence[str] = ()
    ) -> None:
        command = [sys.executable, "-m", "reference", "--model", tag, "--weights", weights]
        command += ["--host", "127.0.0.1", "--port", "0", *extra]
        if dimensions is not None:
            command += ["--dimensions", str(dimensions)]
        self._process = ChildProcess(command)
        try:
            self.url = self._announced()
        except BaseException:
            self.stop()
            raise

    @property
    def running(self) -> bool:
        """Whether the process is still running."""
        return self._process.running

    def stop(self) -> None:
        """Stop the process; does nothing if it has ended."""
        self._process.stop()

    def preflight(self, endpoint: Endpoint, wait: float) -> Preflight:
        """Wait until the server is ready; raises Unusable, with its last line if it has ended."""
        try:
            return preflight(endpoint, wait, lambda: self.running)
        except Unusable as problem:
            if self.running:
                raise
            raise Unusable(f"{problem}: {self.last_log_line()}") from None

    def last_log_line(self) -> str:
        """The last line of the program's log, and a remedy."""
        line = self._process.last_line
        return f"{line}{_remedy(line)}" if line else "it produced no output"

    def _announced(self) -> str:
        """The URL in the program's one line of output, ``serving TAG on URL``."""
        line = self._process.next_line(LISTENING_WITHIN) or ""
        _, found, url = line.rpartition(" on ")
        if not found:
            self.stop()
            raise Unusable(f"the reference did not start: {self.last_log_line()}")
        return url


def _remedy(line: str) -> str:
    """The remedy if the program is not installed, as in the suite's image."""
    lacking = "No module named" in line
    return f"; the reference needs its libraries: {install('reference')}" if lacking else ""


@contextmanager
def serve_stand_in(tag: str) -> Iterator[str]:
    """Serve `tag`'s stand-in until the block ends; yields its URL. Raises Unusable."""
    with Reference(tag, "stand-in") as reference:
        with opened(reference.url, timeout=50.0) as endpoint:
            reference.preflight(endpoint, READY_WITHIN)
        yield reference.url


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    short_help="a small checkpoint to serve",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Write the checkpoint and print how to mount it; --help shows the options."""
    if find_spec("reference") is None:
        raise UserError(NO_STAND_INS)
    program = [sys.executable, "-m", "reference.standins", *arguments]
    return subprocess.run(program, check=False).returncode
