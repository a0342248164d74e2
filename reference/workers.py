"""Start, monitor, replace, and stop several processes behind one port (`--workers`).

All workers accept connections from one listening socket, which the supervising process holds open,
so that pending connections survive the end of a worker. A worker is another instance of this
program with its own model. A worker tells the supervisor when its model is loaded, and is told when
all models are.
"""

import logging
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from reference import hardware, http_server
from reference.errors import UnloadableError
from reference.settings import Settings

log = logging.getLogger("reference")

VARIABLE = "REFERENCE_WORKER"
"""Marks a process as a worker, with two file descriptors, the number of workers, and whether it
replaces one."""

PAUSE = 1.0
"""Seconds until a dead worker is replaced, so that repeated failures do not use up the machine."""

READY, WHOLE = b"r", b"w"


@dataclass
class Worker:
    """One of the processes, from the supervisor's point of view."""

    process: "subprocess.Popen[bytes]"
    channel: socket.socket
    ready: bool = False


class Supervisor:
    """Keeps `chosen.workers` processes running that serve on `listener`."""

    def __init__(self, chosen: Settings, listener: socket.socket) -> None:
        self._chosen = chosen
        self._listener = listener
        self._workers: list[Worker] = []
        self._selector = selectors.DefaultSelector()
        self._whole = False  # Set once all of the first workers are ready.
        self._status: int | None = None  # The exit status, once an end is requested.
        self._metrics = tempfile.mkdtemp(prefix="reference-metrics-")

    def run(self) -> int:
        """Serve until a signal arrives; returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signaled)
        for _ in range(self._chosen.workers):
            self._start()
        print(
            f"serving {self._chosen.model.tag} on "
            f"{http_server.url(self._chosen.host, self._listener)}",
            flush=True,
        )
        log.info("%d workers", self._chosen.workers)
        while self._workers:
            for key, _ in self._selector.select(1):
                self._hear(key.data)
        shutil.rmtree(self._metrics, ignore_errors=True)
        return self._status or 0

    def _start(self) -> None:
        channel, theirs = socket.socketpair()
        numbers = (self._listener.fileno(), theirs.fileno())
        told = (*numbers, self._chosen.workers, int(self._whole))
        environ = {**os.environ, VARIABLE: ",".join(map(str, told))}
        share = max(1, hardware.usable_processors() // self._chosen.workers)
        environ.setdefault("OMP_NUM_THREADS", str(share))
        if self._chosen.metrics:
            environ["PROMETHEUS_MULTIPROC_DIR"] = self._metrics
        command = [sys.executable, *sys.orig_argv[1:]]
        process = subprocess.Popen(command, env=environ, pass_fds=numbers)
        theirs.close()
        worker = Worker(process, channel)
        self._workers.append(worker)
        self._selector.register(channel, selectors.EVENT_READ, worker)

    def _hear(self, worker: Worker) -> None:
        if worker.channel.recv(1) == READY:
            worker.ready = True
            if not self._whole and all(each.ready for each in self._workers):
                self._whole = True
                for each in self._workers:
                    each.channel.send(WHOLE)
        else:  # The worker's end of the channel is closed, so it has ended.
            self._bury(worker)

    def _bury(self, worker: Worker) -> None:
        self._selector.unregister(worker.channel)
        worker.channel.close()
        self._workers.remove(worker)
        status = worker.process.wait()
        self._forget_metrics(worker.process.pid)
        if self._status is not None:
            return
        if not self._whole:
            self._end(signal.SIGINT, status if status > 0 else 1)
            return
        log.error("worker %d ended with %d and is replaced", worker.process.pid, status)
        time.sleep(PAUSE)
        if self._status is None:
            self._start()

    def _forget_metrics(self, pid: int) -> None:
        """Forget a worker's number of waiting items, but keep its counts."""
        if self._chosen.metrics:
            from prometheus_client import multiprocess

            multiprocess.mark_process_dead(pid, self._metrics)  # type: ignore[no-untyped-call]

    def _signaled(self, number: int, _: FrameType | None) -> None:
        self._end(signal.Signals(number), 130 if number == signal.SIGINT else 0)

    def _end(self, number: signal.Signals, status: int) -> None:
        self._status = status
        self._listener.close()  # Otherwise, new connections would hang.
        for worker in self._workers:
            worker.process.send_signal(number)


class Membership:
    """The worker's side, which reports that it is ready and learns when all are."""

    def __init__(self, listener: int, channel: int, workers: int, replaces: int) -> None:
        """File descriptors, the number of workers, and whether this one replaces another."""
        self.listener = socket.socket(fileno=listener)
        self.workers = workers
        self.replaces = bool(replaces)
        self.whole = threading.Event()
        if replaces:
            self.whole.set()
        self._channel = socket.socket(fileno=channel)
        threading.Thread(target=self._listen, name="supervisor", daemon=True).start()

    def ready(self) -> None:
        """Tell the supervisor that the model is loaded."""
        self._channel.send(READY)

    def _listen(self) -> None:
        while self._channel.recv(1) == WHOLE:
            self.whole.set()
        os.kill(os.getpid(), signal.SIGTERM)  # The supervisor is gone.


def membership() -> Membership | None:
    """The membership of this process, if it is a worker."""
    if VARIABLE not in os.environ:
        return None
    return Membership(*map(int, os.environ.pop(VARIABLE).split(",")))


GPU_CORES, CPU_CORES = 2, 4
"""Cores per worker for `auto`: on a GPU, a worker's work on its cores is the limit; otherwise, one
model with several threads is as fast as several models with one thread each."""

MOST = 8

INTERPRETER = 800 * 2**20
"""Memory in bytes of a worker with its libraries."""

WEIGHTS = 1.5
"""Measured memory per byte of the checkpoint, for packed weights and activations."""


STAND_IN = 200 * 2**20
"""Upper limit in bytes for a stand-in."""


def with_number(chosen: Settings, member: Membership | None) -> Settings:
    """`chosen` with a number of workers that the machine can run.

    `auto` depends on device, cores, and memory. Raises `UnloadableError` if they do not fit.
    """
    if member:
        return replace(chosen, workers=member.workers)
    each = INTERPRETER + int(WEIGHTS * checkpoint_bytes(chosen))
    memory = hardware.available_memory()
    if chosen.workers == 0:
        cores = CPU_CORES if chosen.device == "cpu" else GPU_CORES
        wanted = min(MOST, hardware.usable_processors() // cores, memory // each)
        return replace(chosen, workers=max(1, wanted))
    if chosen.workers > 1 and chosen.workers * each > memory:
        raise UnloadableError(
            f"--workers {chosen.workers}: each needs about {each / 2**30:.1f} GiB of memory, "
            f"and {memory / 2**30:.1f} GiB are available"
        )
    return chosen


def checkpoint_bytes(chosen: Settings) -> int:
    """Size of the weights' files if they are here; unknown for the hub before the download."""
    if chosen.weights == "stand-in":
        return STAND_IN
    files = Path(chosen.weights).rglob("*") if chosen.weights != "hub" else []
    return sum(file.stat().st_size for file in files if file.suffix in (".safetensors", ".bin"))
