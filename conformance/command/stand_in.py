"""``clip-conformance stand-in TAG FOLDER``: write a small checkpoint for other servers to load.

The checkpoints come with the reference, which runs as a program: the suite never imports it.
"""

import subprocess
import sys
from importlib.util import find_spec

import click

from conformance.data.messages import UserError, install

MISSING = f"the stand-ins come with the reference, which is not installed; {install('stand-in')}"


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    short_help="a small checkpoint to serve",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Write the checkpoint and print what to mount where; --help shows the options."""
    if find_spec("reference") is None:
        raise UserError(MISSING)
    program = [sys.executable, "-m", "reference.standins", "export", *arguments]
    return subprocess.run(program, check=False).returncode
