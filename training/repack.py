"""`python -m training.repack [TAG...]`: packed stand-ins' files brought up to date."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from reference import standins
from training.packing import pack
from training.portable import make_portable

ARCHIVES = Path(__file__).parent.parent / "reference" / "standins"


def main(tags: list[str]) -> int:
    """Unpack, rewrite the JSON files, pack again."""
    for tag in tags or standins.available():
        with TemporaryDirectory() as scratch:
            folder = standins.unpack(tag, Path(scratch))
            make_portable(folder)
            pack(folder, ARCHIVES / f"{tag}.tar.xz")
        print(tag, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
