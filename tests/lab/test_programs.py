"""The programs that a benchmark starts."""

import sys
from pathlib import Path

from lab.benchmarks.programs import program

TALKATIVE = [sys.executable, "-c", "print('a line a request\\n' * 20_000)"]
"""More bytes of output than a pipe holds."""


def test_a_server_that_writes_much_is_not_held_up(tmp_path: Path) -> None:
    with program(TALKATIVE, tmp_path / "log") as process:
        assert process.wait(timeout=30) == 0
    assert (tmp_path / "log").read_text().count("a line a request") == 20_000


def test_answers_are_read_and_the_rest_is_logged(tmp_path: Path) -> None:
    says = "import sys; print('ready', flush=True); print('hm', file=sys.stderr)"
    with program([sys.executable, "-c", says], tmp_path / "log", answers=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.wait(timeout=30)
    assert (tmp_path / "log").read_text() == "hm\n"
