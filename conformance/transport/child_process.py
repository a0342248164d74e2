"""Manage a child process and poll until a condition is true.

A child process starts in its own session, so Ctrl-C in the terminal does not reach it, and it can
be stopped together with everything that it has started. Its output is read continuously, so it
never blocks on a full pipe. Only the last lines are kept, which limits the memory used.
"""

import os
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from types import TracebackType
from typing import IO, Self, TypeVar

KEPT_LINES = 200
LONGEST_LINE = 2**16
"""Bytes; the rest of a longer line becomes another line."""
PATIENCE = 10.0
"""Seconds between SIGTERM and SIGKILL."""
KILLED_WITHIN = 30.0
"""Seconds that the system may take to end a killed process."""
PAUSE = 0.1

Seen = TypeVar("Seen")


def wait_until(condition: Callable[[], Seen], within: float, pause: float = PAUSE) -> Seen | None:
    """Call `condition` until it returns something true and return that; None after the time limit.

    It is called at least once. `within` and `pause` are seconds. An exception ends the wait.
    """
    deadline = time.monotonic() + within
    while True:
        seen = condition()
        if seen:
            return seen
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))


class Stopped(ABC):
    """Something that is stopped at the end of a with-block."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it; does nothing if it has ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class ChildProcess(Stopped):
    """A running program; `stop` it, or use it as a context manager.

    With `listens`, its standard input is a pipe; otherwise it is empty. Raises OSError if the
    program cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        listens: bool = False,
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._output = _Reader(self._process.stdout)
        self._errors = _Reader(self._process.stderr)

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group and session."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is still running."""
        return self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """As in `subprocess`, negative for a signal; None while it runs."""
        return self._process.poll()

    def last_lines(self) -> list[str]:
        """The last lines of its standard error or, if there are none, of its standard output."""
        if not self.running:
            self._join()
        return list(self._errors.lines or self._output.lines)

    @property
    def last_line(self) -> str:
        """The last line that is not blank; empty if there is none."""
        return next((line for line in reversed(self.last_lines()) if line.strip()), "")

    def next_line(self, within: float) -> str | None:
        """The next unread line of its standard output; None if none arrives `within` seconds.

        None immediately if its output has ended.
        """
        return self._output.next_line(within)

    def write_line(self, line: str) -> None:
        """Send a line to its standard input; does nothing if it no longer reads."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()

    def wait(self, within: float) -> int | None:
        """The exit status of the process; None if it is still running after `within` seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        return self._process.returncode

    def end_input(self, within: float) -> int | None:
        """Close its standard input, which makes some programs exit, and `wait`."""
        self._close_input()
        return self.wait(within)

    def stop(self, patience: float = PATIENCE) -> None:
        """Stop it and its whole group with SIGTERM, then with SIGKILL after `patience` seconds.

        Does nothing if all have ended.
        """
        if self.running:
            self._signal(signal.SIGTERM)
            self.wait(patience)
        # This includes processes that it started and left behind.
        self._signal(signal.SIGKILL)
        self._process.wait(KILLED_WITHIN)
        self._close_input()
        self._join()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _close_input(self) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def _join(self) -> None:
        # Bounded: a process that has left the group may hold the pipes open forever.
        self._output.join(1)
        self._errors.join(1)


class _Reader(threading.Thread):
    """Reads one stream to its end."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._stream = stream
        self._unread: Queue[str | None] = Queue(KEPT_LINES)
        self.start()

    def run(self) -> None:
        with self._stream as stream:
            while raw := stream.readline(LONGEST_LINE):
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                self.lines.append(line)
                self._offer(line)
        self._offer(None)

    def next_line(self, within: float) -> str | None:
        with suppress(Empty):
            # At the end of the stream, a waiting caller gets None; nothing follows.
            return self._unread.get(timeout=within if within and self.is_alive() else 0.001)
        return None

    def _offer(self, line: str | None) -> None:
        with suppress(Full):
            self._unread.put_nowait(line)
