"""How the server ends: what is in flight is finished first."""

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from waitress import wasyncore

from reference.caller import PATIENCE

QUIET = 0.2
"""Seconds without work after which nothing is in flight: more than a request takes from the
kernel's buffer to a thread."""


def on_signals(server: Any, scratch: Path) -> None:
    """SIGTERM finishes what is in flight and exits with 0, SIGINT exits at once with 130.

    A second SIGTERM does not wait. `scratch` is removed.
    """
    asked = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT or asked.is_set():
            end(130 if number == signal.SIGINT else 0, scratch)
        asked.set()
        # Takes no new connections. This runs in the server's own thread, between two events.
        wasyncore.dispatcher.close(server)
        threading.Thread(target=_drain, args=(server, scratch), daemon=True).start()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def end(status: int, scratch: Path) -> None:
    """Leave now: threads inside a model, or a library's import, cannot be waited for."""
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _drain(server: Any, scratch: Path) -> None:
    until = time.monotonic() + PATIENCE
    quiet_since = time.monotonic()
    while time.monotonic() < until and time.monotonic() - quiet_since < QUIET:
        if _busy(server):
            quiet_since = time.monotonic()
        time.sleep(0.01)
    end(0, scratch)


def _busy(server: Any) -> bool:
    """Whether a request is being received or answered on any connection."""
    return any(
        channel.requests or channel.request or channel.total_outbufs_len
        for channel in list(server.active_channels.values())
    )
