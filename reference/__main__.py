"""``python -m reference``: parse the command line and start the server."""

import logging
import os
import sys
from collections.abc import Sequence

from reference import engine, hardware, settings
from reference.errors import UnloadableError

log = logging.getLogger("reference")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives. Returns an exit status only if the server could not start."""
    chosen = settings.parse(sys.argv[1:] if arguments is None else arguments, os.environ)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    hardware.set_library_defaults(chosen.device)
    try:
        engine.check(chosen)
    except UnloadableError as error:
        return _failed(str(error), 2)
    return _serve(chosen)


def _serve(chosen: settings.Settings) -> int:
    from reference import http_server, workers  # The web framework may be missing.

    member = workers.membership()
    try:
        chosen = workers.with_number(chosen, member)
        if member or chosen.workers == 1:
            hardware.prepare_device(chosen.device)
        listener = member.listener if member else http_server.listen(chosen.host, chosen.port)
    except UnloadableError as error:
        return _failed(str(error), 2)
    except OSError as error:
        where = f"{chosen.host} port {chosen.port}"
        return _failed(f"cannot listen on {where}: {error.strerror or error}", 1)
    if chosen.workers > 1 and not member:
        return workers.Supervisor(chosen, listener).run()
    from reference import serving  # Its libraries read what set_library_defaults() has set.

    serving.serve(chosen, listener, member)
    return 0


def _failed(reason: str, status: int) -> int:
    print(f"reference: {reason}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
