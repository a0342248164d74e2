"""Pack a checkpoint directory into one file, reproducibly."""

import lzma
import tarfile
from pathlib import Path
from typing import Final

# Repeats in tiled weights lie megabytes apart; numbers are four bytes long.
_FILTERS: Final = [
    {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 25, "lc": 0, "lp": 2, "pb": 2}
]


def pack(folder: Path, archive: Path) -> None:
    """Write the files under `folder` to `archive`, a .tar.xz."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    # The archive has a temporary name until it is complete, since other processes may look for
    # archives.
    unfinished = archive.with_suffix(".part")
    with (
        lzma.open(unfinished, "wb", filters=_FILTERS) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as tar,
    ):
        for file in sorted(folder.rglob("*")):
            tar.add(file, str(file.relative_to(folder)), recursive=False, filter=_anonymous)
    unfinished.replace(archive)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Remove what differs between two training runs: times and owners."""
    entry.mtime = entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() else 0o644
    return entry
