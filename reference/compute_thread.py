"""The one thread that computes: it loads the model, then runs batch after batch.

No other thread calls the model: the libraries are not made for parallel calls
(multi2vec-clip-inference 26), and each further thread would get a pool of OpenMP threads.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.batch_queue import BatchQueue, Job
from reference.model import Computing, Model, Preparing, Vectors


@dataclass(frozen=True)
class Loaded:
    """What other threads may touch of a loaded model."""

    preparing: Preparing
    queue: BatchQueue
    description: dict[str, Any]


class ComputeThread(threading.Thread):
    """Started once; `loading` ends with the loaded model or with what `load` raised."""

    def __init__(self, load: Callable[[], Model]) -> None:
        super().__init__(name="compute", daemon=True)
        self.loading: Future[Loaded] = Future()
        self._load = load

    def run(self) -> None:
        """Load, then compute for ever."""
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
    """Run each job alone, so that one poisonous item fails its own request and nothing else."""
    if len(batch) == 1:
        batch[0].result.set_exception(error)
        return
    for job in batch:
        _compute(computing, [job])


def _answer(job: Job, vector: Vectors) -> None:
    if np.isfinite(vector).all():
        job.result.set_result(vector)
    else:
        job.result.set_exception(ArithmeticError("the model gave a vector that is not finite"))
