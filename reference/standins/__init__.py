"""Stand-ins: small trained checkpoints, one per listed tag, stored next to this file.

Stand-ins are made by `python -m lab.training`, load without the model hub, and use the directory
layout of the vendor's images (weaviate/multi2vec-clip-inference, download.py).
"""

import lzma
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

SUFFIX: Final = ".tar.xz"


def available() -> tuple[str, ...]:
    """The tags with a stand-in, sorted."""
    return tuple(sorted(file.name.removesuffix(SUFFIX) for file in _archives()))


def archive(tag: str) -> Traversable:
    """The packed stand-in for `tag`. Raises LookupError if there is none."""
    for file in _archives():
        if file.name == tag + SUFFIX:
            return file
    raise LookupError(f"there is no stand-in for {tag}")


@contextmanager
def opened(tag: str) -> Iterator[tarfile.TarFile]:
    """The archive of `tag`, open for reading. Raises LookupError if there is none."""
    # tarfile's own "r|xz" takes four times as long for such compact archives.
    with (
        archive(tag).open("rb") as packed,
        lzma.open(packed) as content,
        tarfile.open(fileobj=content, mode="r:") as tar,
    ):
        yield tar


def unpack(tag: str, into: Path) -> Path:
    """Unpack the stand-in for `tag` into a new directory in `into` and return that directory.

    Raises LookupError if there is no stand-in for `tag`, OSError if it cannot be written.
    """
    folder = into / tag
    with opened(tag) as tar:
        folder.mkdir(parents=True)
        # As an attribute, because the argument `filter` requires Python 3.11.4.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(folder)
    return folder


def _archives() -> list[Traversable]:
    return [file for file in files(__name__).iterdir() if file.name.endswith(SUFFIX)]
