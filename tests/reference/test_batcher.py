"""The queue in front of the model."""

import threading
from collections.abc import Sequence
from concurrent.futures import wait
from typing import Any

import numpy as np
import torch

from reference.batch_sizes import BatchSizes
from reference.batcher import Batcher, Job
from reference.caller import Caller
from reference.encoders.inputs import Inputs
from reference.inference import Kind, Vectors

SIZES = BatchSizes(images=(1, 2, 4), texts=3, tokens=100)


class Recording:
    """A model that notes its batches; it begins only when it is let."""

    def __init__(self) -> None:
        self.batches: list[tuple[Kind, list[float]]] = []
        self.go = threading.Event()

    def __call__(self, kind: Kind, items: Sequence[Inputs]) -> Vectors:
        self.go.wait(10)
        numbers = [float(item["x"][0, 0]) for item in items]
        self.batches.append((kind, numbers))
        if any(number < 0 for number in numbers):
            raise ValueError("poison")
        rows = np.asarray([[number] for number in numbers], dtype=np.float32)
        return np.where(rows == 99, np.nan, rows)


def job(number: float, kind: Kind = "text", length: int = 1, **caller: Any) -> Job:
    return Job(kind, {"x": torch.full((1, length), number)}, Caller(**caller))


def run(*jobs: Job) -> Recording:
    """Let all of `jobs` wait behind a first one of a shape of its own, then go."""
    model = Recording()
    batcher = Batcher(model, SIZES)
    threading.Thread(target=batcher.run, daemon=True).start()
    first = batcher.submit(job(0, "text", 77))
    while batcher.waiting:
        pass
    for one in jobs:
        batcher.submit(one)
    model.go.set()
    wait([one.result for one in jobs], timeout=10)
    assert first.result() == [0]
    assert model.batches.pop(0) == ("text", [0])
    return model


def test_what_waits_goes_together_up_to_the_limit() -> None:
    jobs = [job(number) for number in range(1, 6)]
    assert [batch for _, batch in run(*jobs).batches] == [[1, 2, 3], [4, 5]]
    assert [one.result.result() for one in jobs] == [[1], [2], [3], [4], [5]]


def test_images_go_only_in_the_sizes_that_are_allowed() -> None:
    model = run(*(job(number, "image") for number in range(1, 8)))
    assert [batch for _, batch in model.batches] == [[1, 2, 3, 4], [5, 6], [7]]


def test_only_what_has_the_same_kind_and_length_goes_together() -> None:
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


def test_what_nobody_waits_for_is_dropped() -> None:
    stays = job(3, length=5)
    gone, late = job(1, length=5, hung_up=lambda: True), job(2, length=5, patience=0)
    model = run(stays, gone, late)
    assert [batch for _, batch in model.batches] == [[3]]
    assert gone.result.cancelled()
    assert late.result.cancelled()
