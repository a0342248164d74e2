"""The one thread that computes, and the queue of what waits for it.

Whatever waits when the thread is free and fits the item that waits longest goes with it, up to a
batch limit; the thread never waits for more to come. So an item alone is computed at once, and
batches grow by themselves while the machine is busy.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from reference.batch_sizes import BatchSizes
from reference.caller import Caller
from reference.encoders.inputs import Inputs, shapes
from reference.inference import Kind, Vectors

Compute = Callable[[Kind, Sequence[Inputs]], Vectors]


@dataclass(eq=False)  # a job is like no other, and tensors cannot be compared for it
class Job:
    """An item that waits; `result` becomes its vector, or is cancelled if nobody wants it."""

    kind: Kind
    inputs: Inputs
    caller: Caller
    result: "Future[Vectors]" = field(default_factory=Future)

    @property
    def group(self) -> Hashable:
        """Jobs of one group can be computed together."""
        return self.kind, shapes(self.inputs)


class Batcher:
    """A queue of jobs; `run` is the thread's loop."""

    def __init__(self, compute: Compute, sizes: BatchSizes) -> None:
        self._compute = compute
        self._sizes = sizes
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return len(self._jobs)

    def submit(self, job: Job) -> "Future[Vectors]":
        """Queue `job`."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()
        return job.result

    def run(self) -> None:
        """Compute for ever."""
        while True:
            self._deliver(self._next_batch())

    def _next_batch(self) -> list[Job]:
        with self._changed:
            while not self._jobs:
                self._changed.wait()
            self._drop_unwanted()
            return self._taken() if self._jobs else []

    def _drop_unwanted(self) -> None:
        wanted: deque[Job] = deque()
        for job in self._jobs:
            if job.caller.waits:
                wanted.append(job)
            else:
                job.result.cancel()
                job.result.set_running_or_notify_cancel()  # tells those who wait
        self._jobs = wanted

    def _taken(self) -> list[Job]:
        first = self._jobs[0]
        alike = [job for job in self._jobs if job.group == first.group]
        size = self._sizes.largest(first.kind, first.inputs, len(alike))
        batch = alike[:size]
        chosen = set(batch)
        self._jobs = deque(job for job in self._jobs if job not in chosen)
        return batch

    def _deliver(self, batch: list[Job]) -> None:
        if not batch:
            return
        try:
            vectors = self._compute(batch[0].kind, [job.inputs for job in batch])
        except Exception as error:
            self._failed(batch, error)
            return
        for job, vector in zip(batch, vectors, strict=True):
            _answer(job, vector)

    def _failed(self, batch: list[Job], error: Exception) -> None:
        """Run each alone, so that one poisonous item fails its own request and nothing else."""
        if len(batch) == 1:
            batch[0].result.set_exception(error)
            return
        for job in batch:
            self._deliver([job])


def _answer(job: Job, vector: Vectors) -> None:
    if np.isfinite(vector).all():
        job.result.set_result(vector)
    else:
        job.result.set_exception(ArithmeticError("the model gave a vector that is not finite"))
