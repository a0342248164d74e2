"""From the command line to a running server."""

import logging
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from reference import devices, encoders, loading, server, settings, shutdown
from reference.app import create_app
from reference.encoder_service import EncoderService

log = logging.getLogger("reference")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes. Returns an exit status only if it could not begin."""
    chosen = settings.parse(sys.argv[1:] if arguments is None else arguments, os.environ)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    prepare()
    try:
        devices.check(chosen.device)
        listener = server.listen(chosen.host, chosen.port)
    except encoders.UnloadableError as error:
        return _failed(str(error), 2)
    except OSError as error:
        where = f"{chosen.host} port {chosen.port}"
        return _failed(f"cannot listen on {where}: {error.strerror or error}", 1)
    serve(chosen, listener)
    return 0


def serve(chosen: settings.Settings, listener: socket.socket) -> None:
    """Listen, say so, load the model in the background, and serve for ever."""
    service = EncoderService(chosen.max_pixels)
    scratch = Path(tempfile.mkdtemp(prefix="reference-"))
    running = server.build(create_app(service, chosen), listener, chosen.max_body)
    shutdown.on_signals(running, scratch)
    print(f"serving {chosen.model.tag} on {server.url(chosen.host, listener)}", flush=True)
    ready = service.start(lambda: loading.load(chosen, scratch))
    ready.add_done_callback(lambda future: _loaded(future, scratch))
    running.run()


def prepare() -> None:
    """Settings that the libraries read when they are imported; the user's own win."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Threads that wait for each other sleep instead of spinning. On two processors that other
    # programs kept busy, spinning answered 0.2 images of 512 pixels a second, sleeping 1.0, and
    # the slowest probe took 0.31 and 0.13 s.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _loaded(future: Future[None], scratch: Path) -> None:
    error = future.exception()
    if error is None:
        log.info("ready")
    else:
        shutdown.end(_failed(f"cannot load the model: {_line(error)}", 1), scratch)


def _line(error: BaseException) -> str:
    first = str(error).strip().partition("\n")[0]
    return (
        first if isinstance(error, encoders.UnloadableError) else f"{type(error).__name__}: {first}"
    )


def _failed(reason: str, status: int) -> int:
    print(f"reference: {reason}", file=sys.stderr)
    return status
