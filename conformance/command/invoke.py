"""Runs a click command the way this project ends: an exit status, and one line for a mistake."""

import sys
from collections.abc import Callable

import click

from conformance.data.messages import BAD_OPTION, UserError

INTERRUPTED = 2


def main(command: click.Command, arguments: list[str], name: str = "") -> int:
    """The exit status of `command`: what its callback returns, or 4 after one line on stderr."""
    return guarded(
        lambda: command.main(arguments, prog_name=name or None, standalone_mode=False) or 0
    )


def guarded(work: Callable[[], int]) -> int:
    """The exit status that `work` returns; a mistake of the user's is one line on stderr."""
    try:
        return int(work())
    except click.ClickException as problem:
        print(f"ERROR: {problem.format_message()}", file=sys.stderr)
        return BAD_OPTION
    except UserError as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return problem.exit_status
    except click.Abort:
        return INTERRUPTED
