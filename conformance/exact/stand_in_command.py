"""``clip-conformance stand-in TAG DIR [--layout vendor|library]``: a small checkpoint to serve.

The checkpoints come with the reference, which is started as a program: the suite never imports it.
"""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

MISSING = (
    "ERROR: the stand-ins come with the reference, which is not installed; "
    'pip install "multi2vec-clip-conformance[reference]"'
)


def main(arguments: Sequence[str]) -> int:
    """Write the checkpoint and print what to mount where; returns the exit status."""
    if find_spec("reference") is None:
        print(MISSING, file=sys.stderr)
        return 4
    command = [sys.executable, "-m", "reference.standins", "export", *arguments]
    return subprocess.run(command, check=False).returncode
