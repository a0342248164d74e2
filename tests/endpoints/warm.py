"""Runs the suite in forks of one process that has imported it: start-up is half of a short run.

As a program it reads one JSON line a run, `{"arguments": [...], "folder": "..."}`, and answers
each with a line that holds the exit status.
"""

import json
import os
import subprocess
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from threading import Timer
from types import TracebackType
from typing import IO, Self


class Warm:
    """A process that runs the suite over and over; not for several threads at once."""

    def __enter__(self) -> Self:
        """Starts the process."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the process and what it runs."""
        with closing(self.pipe(self.process.stdin)), closing(self.pipe(self.process.stdout)):
            self.kill()
        self.process.wait()

    def run(self, arguments: list[str], folder: Path, limit: float) -> int:
        """The exit status of `clip-conformance ARGUMENTS`; what it printed is `folder`/out.txt.

        Raises TimeoutError after `limit` seconds, and is of no use from there on.
        """
        sink = self.pipe(self.process.stdin)
        sink.write(json.dumps({"arguments": arguments, "folder": str(folder)}) + "\n")
        sink.flush()
        timer = Timer(limit, self.kill)
        timer.start()
        answer = self.pipe(self.process.stdout).readline()
        timer.cancel()
        if not answer:
            raise TimeoutError(f"no end of the run within {limit:g} s: {arguments}")
        return int(answer)

    def kill(self) -> None:
        """Ends the process at once, with its children."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)

    @staticmethod
    def pipe(stream: IO[str] | None) -> IO[str]:
        """A pipe of the process; all are open."""
        assert stream is not None
        return stream


def serve() -> None:
    """The process: forks once a line of standard input."""
    checks = import_module("conformance.checks")
    for module in iter_modules(checks.__path__):
        if module.name.startswith("test_"):
            import_module(f"{checks.__name__}.{module.name}")
    for line in sys.stdin:
        print(status_of(**json.loads(line)), flush=True)


def status_of(arguments: list[str], folder: str) -> int:
    """The exit status of one run in a fork."""
    pid = os.fork()
    if pid == 0:
        work(arguments, folder)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def work(arguments: list[str], folder: str) -> None:
    """The fork: `clip-conformance` with its output in a file; never returns."""
    os.chdir(folder)
    sink = os.open("out.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    status = 70
    try:
        status = import_module("conformance.cli").main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
