"""`python -m reference.standins export TAG DIR [--layout vendor|library]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reference import standins
from reference.standins.export import LAYOUTS, export


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a stand-in where another server finds it, and say what to mount where."""
    options = _parser().parse_args(arguments)
    try:
        instructions = export(options.tag, options.folder, options.layout, options.mounted_at)
    except FileExistsError:
        print(f"ERROR: {options.folder} is there already and is not empty", file=sys.stderr)
        return 1
    except (LookupError, OSError) as error:
        print(f"ERROR: {error.args[0] if error.args else error}", file=sys.stderr)
        return 1
    print(instructions)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reference.standins", description=__doc__)
    command = parser.add_subparsers(dest="command", required=True).add_parser(
        "export", help="write a stand-in checkpoint into a folder"
    )
    command.add_argument("tag", metavar="TAG", help=f"one of {', '.join(standins.available())}")
    command.add_argument("folder", metavar="DIR", type=Path, help="a new or an empty folder")
    command.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="vendor",
        help="vendor: as in the vendor's images under /app/models (the default); "
        "library: as the model's own library loads it",
    )
    command.add_argument(
        "--mounted-at",
        metavar="PATH",
        default="./models",
        help="where the server will see the folder in the vendor's layout (default: ./models)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
