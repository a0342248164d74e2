"""The single compute thread and the queue that feeds it batches.

When the thread is free, it takes the item that has waited longest and all others of the same
shapes, up to a batch limit. The thread never waits for more items to arrive. A single item is
therefore computed immediately, and batches grow while the machine is busy.

No other thread calls the model: the libraries do not support parallel calls
(multi2vec-clip-inference 26), and each additional thread would get its own OpenMP thread pool.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reference.admission import Caller
from reference.inputs import Inputs, Kind, Vectors, shapes
from reference.model import BatchSizes, Computing, Model, Preparing


@dataclass(eq=False)  # compared by identity: tensors have no single truth value
class Job:
    """A queued item; `result` becomes its vector, or is canceled if it is no longer needed."""

    kind: Kind
    inputs: Inputs
    caller: Caller
    result: "Future[Vectors]" = field(default_factory=Future)

    @property
    def group(self) -> Hashable:
        """Jobs whose groups are equal can be computed in the same batch."""
        return self.kind, shapes(self.inputs)


class BatchQueue:
    """Filled by any thread, emptied by one."""

    def __init__(self, sizes: BatchSizes) -> None:
        self._sizes = sizes
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """Number of jobs in the queue."""
        return len(self._jobs)

    def submit(self, job: Job) -> "Future[Vectors]":
        """Add `job` to the queue."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()
        return job.result

    def next_batch(self) -> list[Job]:
        """Wait for work; returns at least one job, all of the same group."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._jobs)
                self._drop_unwanted()
                if self._jobs:
                    return self._take()

    def _drop_unwanted(self) -> None:
        wanted: deque[Job] = deque()
        for job in self._jobs:
            if job.caller.waits:
                wanted.append(job)
            else:
                job.result.cancel()
                job.result.set_running_or_notify_cancel()  # Wakes the threads that wait for it.
        self._jobs = wanted

    def _take(self) -> list[Job]:
        first = self._jobs[0]
        alike = [job for job in self._jobs if job.group == first.group]
        batch = alike[: self._sizes.largest(first.kind, first.inputs, len(alike))]
        chosen = set(batch)
        self._jobs = deque(job for job in self._jobs if job not in chosen)
        return batch


@dataclass(frozen=True)
class Loaded:
    """The parts of a loaded model that other threads may use."""

    preparing: Preparing
    queue: BatchQueue
    description: dict[str, Any]


class ComputeThread(threading.Thread):
    """Started once; `loading` resolves to the loaded model or to the exception from `load`."""

    def __init__(self, load: Callable[[], Model]) -> None:
        super().__init__(name="compute", daemon=True)
        self.loading: Future[Loaded] = Future()
        self._load = load

    def run(self) -> None:
        """Load, then compute forever."""
        try:
            model = self._load()
        except BaseException as error:
            self.loading.set_exception(error)
            return
        queue = BatchQueue(model.batch_sizes)
        self.loading.set_result(Loaded(model.preparing, queue, model.description))
        while True:
            _compute(model.computing, queue.next_batch())


def _compute(computing: Computing, batch: list[Job]) -> None:
    try:
        vectors = computing(batch[0].kind, [job.inputs for job in batch])
    except Exception as error:
        _fail(computing, batch, error)
        return
    for job, vector in zip(batch, vectors, strict=True):
        _answer(job, vector)


def _fail(computing: Computing, batch: list[Job], error: Exception) -> None:
    """Run each job alone, so that an item that causes an error fails only its own request."""
    if len(batch) == 1:
        batch[0].result.set_exception(error)
        return
    for job in batch:
        _compute(computing, [job])


def _answer(job: Job, vector: Vectors) -> None:
    if np.isfinite(vector).all():
        job.result.set_result(vector)
    else:
        job.result.set_exception(ArithmeticError("the model returned a vector that is not finite"))
