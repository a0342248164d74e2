"""Run the server: load the model in the background and stop on a signal.

Only `__main__` imports it, and late, since it imports torch, which reads its settings at import.
"""

import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from types import FrameType
from typing import Any

from waitress import wasyncore

from reference import hardware, http_server, weights
from reference.admission import BODIES, PATIENCE, REQUESTS, SPREAD, Gate
from reference.app import create_app
from reference.compute_thread import ComputeThread
from reference.encoder_service import EncoderService
from reference.errors import UnloadableError
from reference.settings import Settings
from reference.workers import Membership

log = logging.getLogger("reference")

QUIET = 0.2
"""Seconds without work after which nothing is in flight: longer than a request takes from the
kernel's buffer to a thread."""


def serve(chosen: Settings, listener: socket.socket, member: Membership | None = None) -> None:
    """Print the address, load the model in the background, and serve until a signal comes.

    Each of several workers is a `member`: its limits are smaller, and the supervisor prints.
    """
    thread = ComputeThread(lambda: weights.load(chosen, scratch))
    thread.loading.add_done_callback(lambda loading: _report(loading, scratch, member))
    processors = max(1, hardware.usable_processors() // chosen.workers)
    whole = member.whole if member else None
    service = EncoderService(thread.loading, chosen.max_pixels, processors, whole)
    requests = REQUESTS // chosen.workers + (SPREAD if member else 0)
    bodies = max(chosen.max_body, BODIES * chosen.max_body // chosen.workers)
    app = create_app(service, chosen, Gate(requests, bodies))
    server = http_server.build(app, listener, chosen.max_body, requests)
    # Created last, since a worker that is told to stop while it starts would leave it behind.
    scratch = Path(tempfile.mkdtemp(prefix="reference-"))
    _end_on_signals(server, scratch)
    if not member:
        url = http_server.url(chosen.host, listener)
        print(f"serving {chosen.model.tag} on {url}", flush=True)
    thread.start()
    if member and member.replaces:
        thread.loading.result()  # Other threads serve in the meantime.
    server.run()


def _report(loading: "Future[Any]", scratch: Path, member: Membership | None) -> None:
    error = loading.exception()
    if error is None:
        log.info("ready")
        if member:
            member.ready()
    else:
        print(f"reference: cannot load the model: {_line(error)}", file=sys.stderr)
        _end(1, scratch)


def _line(error: BaseException) -> str:
    first = str(error).strip().partition("\n")[0]
    return first if isinstance(error, UnloadableError) else f"{type(error).__name__}: {first}"


def _end_on_signals(server: Any, scratch: Path) -> None:
    """SIGTERM finishes requests in flight and exits with 0; SIGINT exits immediately with 130.

    A second SIGTERM exits immediately. `scratch` is removed.
    """
    asked = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT or asked.is_set():
            _end(130 if number == signal.SIGINT else 0, scratch)
        asked.set()
        # Stops accepting connections. This runs in the server's own thread, between two events.
        wasyncore.dispatcher.close(server)
        threading.Thread(target=_drain, args=(server, scratch), daemon=True).start()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _drain(server: Any, scratch: Path) -> None:
    until = time.monotonic() + PATIENCE
    quiet_since = time.monotonic()
    while time.monotonic() < until and time.monotonic() - quiet_since < QUIET:
        if http_server.is_busy(server):
            quiet_since = time.monotonic()
        time.sleep(0.01)
    _end(0, scratch)


def _end(status: int, scratch: Path) -> None:
    """Exit now: threads inside a model, or a library's import, cannot be waited for."""
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
