"""A fake reference encoder that has the options and output of the real one.

With HANG in the environment, it answers only the first GET /meta, which the suite sends before the
first check.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from tests.endpoints import registry
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.server import serve
from tests.endpoints.wire import Answer, Request

HERE = Path(sys.argv[0]).resolve().parents[1]
"""The directory that holds the program."""


class Hangs(Endpoint):
    """Never answers its second GET /meta; a file shows that the request arrived."""

    def meta(self, request: Request) -> Answer:
        if next(self.calls) > 1:
            (HERE / "busy").touch()
            time.sleep(300)
        return super().meta(request)


def main() -> None:
    """Serve until a signal arrives; the name of a file next to the program is the process ID."""
    parser = argparse.ArgumentParser()
    for name in ("model", "weights", "host", "port", "dimensions"):
        parser.add_argument(f"--{name}")
    tag = parser.parse_args().model
    (HERE / f"{os.getpid()}.pid").touch()
    encoder = registry.encoder(tag)
    with serve(Hangs(encoder) if "HANG" in os.environ else Endpoint(encoder)) as url:
        print(f"serving {tag} on {url}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
