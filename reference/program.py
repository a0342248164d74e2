"""The server as a running program: it listens, loads its model, and serves.

Imported by `cli` alone, and late: torch comes with it, and reads its settings on being imported.
"""

import logging
import socket
import sys
import tempfile
from concurrent.futures import Future
from pathlib import Path

from reference import encoders, loading, server, shutdown
from reference.app import create_app
from reference.encoder_service import EncoderService
from reference.settings import Settings

log = logging.getLogger("reference")


def serve(chosen: Settings, listener: socket.socket) -> None:
    """Listen, say so, load the model in the background, and serve for ever."""
    service = EncoderService(chosen.max_pixels)
    scratch = Path(tempfile.mkdtemp(prefix="reference-"))
    running = server.build(create_app(service, chosen), listener, chosen.max_body)
    shutdown.on_signals(running, scratch)
    print(f"serving {chosen.model.tag} on {server.url(chosen.host, listener)}", flush=True)
    ready = service.start(lambda: loading.load(chosen, scratch))
    ready.add_done_callback(lambda future: _loaded(future, scratch))
    running.run()


def _loaded(future: Future[None], scratch: Path) -> None:
    error = future.exception()
    if error is None:
        log.info("ready")
    else:
        print(f"reference: cannot load the model: {_line(error)}", file=sys.stderr)
        shutdown.end(1, scratch)


def _line(error: BaseException) -> str:
    first = str(error).strip().partition("\n")[0]
    return (
        first if isinstance(error, encoders.UnloadableError) else f"{type(error).__name__}: {first}"
    )
