"""``python -m website OUT``: the site, made from ``results/``; `make site` adds the docs."""

import argparse
import sys
from pathlib import Path

from website import pages
from website.published import BadResult, read_targets

RESULTS = Path(__file__).parent.parent / "results"


def main(words: list[str] | None = None) -> int:
    """Write the site; 1 with one line where a published report cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m website", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write into")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    options = parser.parse_args(words)
    try:
        targets = read_targets(options.results)
    except BadResult as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return 1
    pages.write(targets, options.out)
    runs = sum(len(target.runs) for target in targets)
    print(f"{options.out}/index.html: {len(targets)} targets, {runs} reports")
    return 0


if __name__ == "__main__":
    sys.exit(main())
