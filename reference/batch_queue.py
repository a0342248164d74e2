"""The queue in front of the compute thread, from which items leave in batches.

When the thread is free it takes the item that waits longest, and with it every other of the same
shapes up to a batch limit; it never waits for more to come. So an item alone is computed at once,
and batches grow by themselves while the machine is busy.
"""

import threading
from collections import deque
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field

from reference.admission import Caller
from reference.encoders.shared import Inputs, shapes
from reference.model import BatchSizes, Kind, Vectors


@dataclass(eq=False)  # compared by identity: tensors have no single truth value
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


class BatchQueue:
    """Filled by any thread, emptied by one."""

    def __init__(self, sizes: BatchSizes) -> None:
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

    def next_batch(self) -> list[Job]:
        """Wait for work; at least one job, all of one group."""
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
                job.result.set_running_or_notify_cancel()  # wakes those who wait for it
        self._jobs = wanted

    def _take(self) -> list[Job]:
        first = self._jobs[0]
        alike = [job for job in self._jobs if job.group == first.group]
        batch = alike[: self._sizes.largest(first.kind, first.inputs, len(alike))]
        chosen = set(batch)
        self._jobs = deque(job for job in self._jobs if job not in chosen)
        return batch
