"""Runs the suite in forks of one process that has imported it: start-up is half of a short run.

As a program it reads one JSON line a run, `{"arguments": [...], "folder": "..."}`, and answers
each with a line that holds the exit status.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from threading import Timer


class SuiteProcess:
    """A process that runs the suite over and over; not for several threads at once.

    It is started by the first run, and again by the one after a run that took too long.
    """

    process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        """The running process."""
        if self.process is not None and self.process.poll() is None:
            return self.process
        self.close()
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        return self.process

    def close(self) -> None:
        """Ends the process and what it runs."""
        if self.process is not None:
            with self.process:
                kill(self.process)

    def run(self, arguments: list[str], folder: Path, limit: float) -> int:
        """The exit status of `clip-conformance ARGUMENTS`; what it printed is `folder`/out.txt.

        Raises TimeoutError after `limit` seconds.
        """
        process = self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"arguments": arguments, "folder": str(folder)}) + "\n")
        process.stdin.flush()
        timer = Timer(limit, kill, [process])
        timer.start()
        answer = process.stdout.readline()
        timer.cancel()
        if not answer:
            raise TimeoutError(f"no end of the run within {limit:g} s: {arguments}")
        return int(answer)


def kill(process: subprocess.Popen[str]) -> None:
    """Ends a process at once, with its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def serve() -> None:
    """The process: forks once a line of standard input."""
    checks = import_module("conformance.checks")
    for module in iter_modules(checks.__path__):
        if module.name.startswith("test_"):
            import_module(f"{checks.__name__}.{module.name}")
    with suppress(BrokenPipeError):  # nobody waits any more
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
        status = import_module("conformance.command.cli").main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
