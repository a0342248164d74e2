"""The stand-ins, unpacked once per run."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from reference import standins


@cache
def folder(tag: str) -> Path:
    """The directory with the unpacked stand-in for `tag`, kept until the program ends."""
    scratch = Path(mkdtemp(prefix="exactness-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return standins.unpack(tag, scratch)
