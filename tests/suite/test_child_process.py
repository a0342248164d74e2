"""A child process's output is read, and the child and every process that it started are stopped."""

import subprocess
import sys

import pytest

from conformance.transport.child_process import KEPT_LINES, ChildProcess, wait_until

HANG = 60.0
"""Seconds after which a test counts as hung."""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def program(text: str, *, listens: bool = False) -> ChildProcess:
    return ChildProcess([sys.executable, "-c", text], listens=listens)


def ended(pid: int) -> bool:
    """Whether another program's process has exited, possibly as a zombie."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.strip()[:1] in ("", "Z")


def test_lines_are_read_as_they_come() -> None:
    with program("print('one', flush=True); input(); print('two')", listens=True) as child:
        assert child.next_line(HANG) == "one"
        assert child.next_line(0) is None
        child.write_line("go on")
        assert child.next_line(HANG) == "two"
        assert child.next_line(HANG) is None
        assert child.wait(HANG) == 0


def test_only_the_last_lines_are_kept() -> None:
    with program("for n in range(10_000): print(n)") as child:
        assert child.wait(HANG) == 0
        assert child.last_lines() == [str(n) for n in range(10_000 - KEPT_LINES, 10_000)]


def test_the_last_line_is_that_of_the_errors() -> None:
    with program("import sys; print('fine'); sys.exit('broken')") as child:
        assert child.wait(HANG) == 1
        assert child.last_line == "broken"


def test_the_end_of_its_input_is_told() -> None:
    with program("import sys; sys.stdin.read()", listens=True) as child:
        assert child.end_input(HANG) == 0


def test_a_stubborn_program_is_killed_with_what_it_has_started() -> None:
    child = program(STUBBORN)
    grandchild = int(child.next_line(HANG) or 0)
    child.stop(patience=0.1)
    child.stop()
    assert child.exit_status == -9
    assert wait_until(lambda: ended(grandchild), HANG)


def test_a_missing_program_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        ChildProcess(["no-such-program"])


def test_waiting_ends_with_what_was_seen_or_with_the_time() -> None:
    answers = iter(["", "", "here"])
    assert wait_until(lambda: next(answers), HANG, pause=0) == "here"
    assert wait_until(lambda: 0, within=0) is None
