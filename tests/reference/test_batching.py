"""The queue in front of the model and the thread that empties it."""

import threading
from collections.abc import Sequence
from concurrent.futures import wait
from typing import Any

import numpy as np
import torch

from reference.admission import Caller
from reference.compute_thread import ComputeThread, Job
from reference.encoders import Placement
from reference.inputs import Inputs, Kind, Vectors
from reference.model import BatchSizes, Computing, Model, Preparing
from tests.reference.conftest import MeanColor

SIZES = BatchSizes(images=(1, 2, 4), texts=3, tokens=100)


class Recording(Computing):
    """Records its batches, and starts only when told to."""

    def __init__(self) -> None:
        super().__init__(MeanColor(), Placement())
        self.batches: list[tuple[Kind, list[float]]] = []
        self.go = threading.Event()

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        self.go.wait(100)
        numbers = [float(item["x"][0, 0]) for item in items]
        self.batches.append((kind, numbers))
        if any(number < 0 for number in numbers):
            raise ValueError("poison")
        rows = np.asarray([[number] for number in numbers], dtype=np.float32)
        return np.where(rows == 99, np.nan, rows)


def job(number: float, kind: Kind = "text", length: int = 1, **caller: Any) -> Job:
    return Job(kind, {"x": torch.full((1, length), number)}, Caller(**caller))


def run(*jobs: Job) -> Recording:
    """Queue all of `jobs` behind a job with a different shape, and then start."""
    computing = Recording()
    thread = ComputeThread(lambda: Model(Preparing(MeanColor()), computing, SIZES))
    thread.start()
    queue = thread.loading.result().queue
    first = queue.submit(job(0, "text", 77))
    while queue.waiting:
        pass
    for one in jobs:
        queue.submit(one)
    computing.go.set()
    wait([one.result for one in jobs], timeout=100)
    assert first.result() == [0]
    assert computing.batches.pop(0) == ("text", [0])
    return computing


def test_items_that_wait_go_together_up_to_the_limit() -> None:
    jobs = [job(number) for number in range(1, 6)]
    assert [batch for _, batch in run(*jobs).batches] == [[1, 2, 3], [4, 5]]
    assert [one.result.result() for one in jobs] == [[1], [2], [3], [4], [5]]


def test_images_go_only_in_the_sizes_that_are_allowed() -> None:
    model = run(*(job(number, "image") for number in range(1, 8)))
    assert [batch for _, batch in model.batches] == [[1, 2, 3, 4], [5, 6], [7]]


def test_only_items_of_the_same_kind_and_length_go_together() -> None:
    model = run(job(1), job(2, length=2), job(3, "image"), job(4))
    assert model.batches == [("text", [1, 4]), ("text", [2]), ("image", [3])]


def test_long_texts_go_in_smaller_batches() -> None:
    model = run(*(job(number, length=50) for number in range(1, 4)))
    assert [batch for _, batch in model.batches] == [[1, 2], [3]]


def test_a_poisonous_item_fails_alone() -> None:
    jobs = [job(1), job(-1), job(99), job(2)]
    run(*jobs)
    assert [jobs[0].result.result(), jobs[3].result.result()] == [[1], [2]]
    assert isinstance(jobs[1].result.exception(), ValueError)
    assert isinstance(jobs[2].result.exception(), ArithmeticError)


def test_items_that_nobody_waits_for_are_dropped() -> None:
    stays = job(3, length=5)
    gone, late = job(1, length=5, hung_up=lambda: True), job(2, length=5, patience=0)
    model = run(stays, gone, late)
    assert [batch for _, batch in model.batches] == [[3]]
    assert gone.result.cancelled()
    assert late.result.cancelled()
