"""`python -m lab.training.repack [TAG...]`: rewrite the JSON files in the packed stand-ins."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.training.packing import pack
from lab.training.portable import make_portable
from reference import standins

ARCHIVES = Path(__file__).parents[2] / "reference" / "standins"


def main(tags: list[str]) -> int:
    """Unpack each archive, rewrite its JSON files, and pack it again."""
    for tag in tags or standins.available():
        with TemporaryDirectory() as scratch:
            folder = standins.unpack(tag, Path(scratch))
            make_portable(folder)
            pack(folder, ARCHIVES / f"{tag}.tar.xz")
        print(tag, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
