"""Starting the project's own reference as a program, and stopping it whatever happens."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import IO

LISTENING_WITHIN = 60.0
"""Seconds until the program must listen: importing its web framework takes one or two."""
STOPPED_WITHIN = 10.0
INSTALL = "pip install '.[reference]'"


class NotStarted(RuntimeError):
    """The program ended, or said nothing, before it listened; the message is one line."""


class Reference:
    """``python -m reference`` on a free port, with the URL that it announces."""

    def __init__(
        self, tag: str, weights: str, dimensions: int | None = None, extra: Sequence[str] = ()
    ) -> None:
        command = [sys.executable, "-m", "reference", "--model", tag, "--weights", weights]
        command += ["--host", "127.0.0.1", "--port", "0", *extra]
        if dimensions is not None:
            command += ["--dimensions", str(dimensions)]
        # Lives as long as the process does.
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log
        )
        try:
            self.url = self._announced()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Reference":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process; does nothing where it has ended."""
        self._process.terminate()
        try:
            self._process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()

    def last_log_line(self) -> str:
        """The last line that the program wrote to its log."""
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return f"{lines[-1]}{_remedy(lines[-1])}" if lines else "it said nothing"

    def _announced(self) -> str:
        """The URL in the program's one line of output, ``serving TAG on URL``."""
        # readline has no timeout of its own: ending the process ends it.
        watchdog = threading.Timer(LISTENING_WITHIN, self._process.kill)
        watchdog.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        watchdog.cancel()
        _, found, url = line.rpartition(" on ")
        if not found:
            self._process.wait(STOPPED_WITHIN)
            raise NotStarted(f"the reference did not start: {self.last_log_line()}")
        return url


def _remedy(line: str) -> str:
    """What to do where the program lacks its libraries: the suite comes without them."""
    lacking = "No module named" in line
    return f"; the reference needs its libraries: {INSTALL}" if lacking else ""
