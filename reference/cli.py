"""From the command line to a running server."""

import logging
import os
import sys
from collections.abc import Sequence

from reference import devices, encoders, processors, server, settings

log = logging.getLogger("reference")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes. Returns an exit status only if it could not begin."""
    chosen = settings.parse(sys.argv[1:] if arguments is None else arguments, os.environ)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    prepare()
    try:
        devices.prepare(chosen.device)
        listener = server.listen(chosen.host, chosen.port)
    except encoders.UnloadableError as error:
        return _failed(str(error), 2)
    except OSError as error:
        where = f"{chosen.host} port {chosen.port}"
        return _failed(f"cannot listen on {where}: {error.strerror or error}", 1)
    from reference import program  # torch comes with it, so after prepare()

    program.serve(chosen, listener)
    return 0


def prepare() -> None:
    """Settings that libraries read once, when they are imported; the user's own win."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Threads that wait for each other spin for some microseconds, then sleep; see
    # docs/performance.md for what spinning longer, or not at all, costs.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "3000")
    if quota := processors.quota():
        os.environ.setdefault("OMP_NUM_THREADS", str(quota))


def _failed(reason: str, status: int) -> int:
    print(f"reference: {reason}", file=sys.stderr)
    return status
