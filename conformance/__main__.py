"""``python -m conformance``: the console command ``clip-conformance``."""

import sys

from conformance.command.cli import main

if __name__ == "__main__":
    sys.exit(main())
