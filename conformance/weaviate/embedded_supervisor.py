"""A helper process that owns an embedded Weaviate server and stops it when the run ends.

The suite can end in any way (Ctrl-C, SIGKILL, a crash), which may leave it no time to stop a
server. So the server is a child of this program, which the suite starts in its own session (Ctrl-C
in the terminal does not reach it) with a pipe to its standard input:

1. It reads its settings as one JSON line and has weaviate-client start the server in a thread,
   since a download may come first and may stall.
2. It monitors four things, ten times a second: standard input, whose end means that the suite has
   ended; the thread; the download; and the server. Problems with the last three are reported as
   one JSON line on standard output.
3. Finally, it always stops its whole process group, including itself, first gently and then by
   force, and removes the server's directory.
"""

import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from weaviate import WeaviateClient
from weaviate.embedded import EmbeddedOptions

from conformance.data.messages import one_line
from conformance.transport.child_process import wait_until
from conformance.weaviate import server_selection
from conformance.weaviate.embedded_server import Settings

DOWNLOAD_SILENCE = 15
"""Seconds without a byte after which a download is aborted."""
STOP = 10
"""Seconds within which the server must exit on its own."""

STARTED: list[WeaviateClient] = []
"""A reference to the client, which would otherwise be garbage-collected and stop its server."""


class Trouble(Exception):
    """The server is not available; the message is one line."""


def main() -> None:
    """Hold one server until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    settings = Settings(**json.loads(sys.stdin.readline()))
    tell = _redirect(settings)
    try:
        hold(settings)
    except Trouble as trouble:
        tell(str(trouble))
    finally:
        end(settings)


def _redirect(settings: Settings) -> Callable[[str], None]:
    """Redirect the server's output to its log; returns a function that writes to the suite."""
    settings.data.mkdir(parents=True, exist_ok=True)
    out = os.fdopen(os.dup(1), "w")
    log = os.open(settings.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    return lambda line: print(json.dumps({"trouble": line}), file=out, flush=True)


def hold(settings: Settings) -> None:
    """Start the server and wait for the end of standard input; raises Trouble."""
    failures: list[str] = []
    socket.setdefaulttimeout(DOWNLOAD_SILENCE)
    Thread(target=_start, args=(settings, failures), daemon=True).start()
    download = Download(settings.version)
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        if failures:
            raise Trouble(failures[0])
        download.check()
        if _server_ended():
            raise Trouble(
                f"Weaviate {settings.version} exited unexpectedly: {last_log_line(settings)}"
            )


def _start(settings: Settings, failures: list[str]) -> None:
    options = EmbeddedOptions(
        persistence_data_path=str(settings.data),
        version=settings.version,
        port=settings.port,
        grpc_port=settings.port + 1,
        additional_env_vars=settings.environment(),
    )
    try:
        # It is only started here; the suite's process connects with its own client.
        STARTED.append(WeaviateClient(embedded_options=options, skip_init_checks=True))
    except Exception as problem:
        failures.append(
            f"Weaviate {settings.version} is not available: {one_line(problem) or problem!r}"
        )


class Download:
    """Monitors the client's download, which does not have its own timeout."""

    def __init__(self, version: str) -> None:
        self.program = server_selection.program(version)
        self.partial = server_selection.cache() / "tmp_weaviate.tgz"
        self.size = -1
        self.since = time.monotonic()

    def check(self) -> None:
        """Raises Trouble if nothing has arrived for DOWNLOAD_SILENCE seconds."""
        size = self.partial.stat().st_size if self.partial.exists() else 0
        if size != self.size or self.program.exists():
            self.size, self.since = size, time.monotonic()
        elif time.monotonic() - self.since > DOWNLOAD_SILENCE:
            raise Trouble(
                f"{self.program.name[:-65]} is not in {self.program.parent}, and its download "
                f"has stalled: no data for {DOWNLOAD_SILENCE} s"
            )


def last_log_line(settings: Settings) -> str:
    """The last line of the log that reports an error, or else the last line."""
    lines = settings.log.read_text(errors="replace").strip().splitlines() or ["(silence)"]
    told = [line for line in lines if '"level":"fatal"' in line or '"level":"error"' in line]
    line = (told or lines)[-1]
    with suppress(ValueError, AttributeError):
        entry = json.loads(line)
        line = f"{entry.get('msg', '')} {entry.get('error', '')}".strip()
    return line[:300]


def end(settings: Settings) -> None:
    """Stop the server, remove its directory, and terminate the rest of this process group."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    wait_until(_no_child, STOP, 0.05)
    shutil.rmtree(settings.folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def _server_ended() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def _no_child() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


if __name__ == "__main__":
    main()
