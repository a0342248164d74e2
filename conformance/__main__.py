"""Run the console command ``clip-conformance`` as ``python -m conformance``."""

import sys

from conformance.command.cli import main

if __name__ == "__main__":
    sys.exit(main())
