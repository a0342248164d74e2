"""The end of the log of the container under test, below a verdict that is not a good one."""

from collections.abc import Sequence

import pytest


def write(reporter: pytest.TerminalReporter, lines: Sequence[str]) -> None:
    """Write the lines, which are printable, to pytest's terminal; nothing where there are none."""
    if not lines:
        return
    reporter.write_line("the container's log ends with:")
    for line in lines:
        reporter.write_line(f"  | {line}")
