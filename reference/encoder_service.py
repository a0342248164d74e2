"""From a request's texts and images to their vectors: prepared by several threads, then queued.

Images are decoded and scaled, and texts tokenized, by as many threads as there are processors;
what they make waits in the queue of the thread that computes.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import torch

from reference import hardware, images
from reference.admission import Caller
from reference.batch_queue import Job
from reference.compute_thread import Loaded
from reference.errors import ClientGoneError, UnavailableError
from reference.json_bodies import RequestBody
from reference.model import Kind, Vectors

Result = TypeVar("Result")
Item = tuple[Kind, Callable[[], object]]
"""What an item is, and how it is read."""

AHEAD = 16
"""Items of one request that are prepared ahead of the model, so that a request of hundreds neither
fills the memory nor keeps the others waiting."""


class EncoderService:
    """Encodes once `loading` is done."""

    def __init__(self, loading: "Future[Loaded]", max_pixels: int) -> None:
        self._loading = loading
        self._max_pixels = max_pixels
        self._threads = ThreadPoolExecutor(
            hardware.usable_processors(),
            "prepare",
            # torch scales an image in the thread that asks, without a pool for each of them.
            initializer=partial(torch.set_num_threads, 1),
        )

    @property
    def ready(self) -> bool:
        """Whether the model is loaded and has encoded a first text and image."""
        return self._loading.done()  # a model that cannot be loaded ends the program

    @property
    def description(self) -> dict[str, Any]:
        """What is known of the model since it was loaded, for `/meta`."""
        if not self.ready:
            return {"dimensions": None, "versions": {}}
        return self._loaded().description

    @property
    def waiting(self) -> int:
        """Items that wait for the model."""
        return self._loaded().queue.waiting if self.ready else 0

    def vectors(self, wanted: RequestBody, caller: Caller) -> tuple[list[Vectors], list[Vectors]]:
        """Vectors of the texts and of the images.

        Raises `RefusedError` for what is not an image, `UnavailableError`, `ClientGoneError`.
        """
        items: list[Item] = [("text", partial(str, text)) for text in wanted.texts]
        for index, encoded in enumerate(wanted.images):
            read = partial(images.read, encoded, f"images[{index}]", self._max_pixels)
            items.append(("image", read))
        vectors = self._encoded(items, caller)
        return vectors[: len(wanted.texts)], vectors[len(wanted.texts) :]

    def _encoded(self, items: Iterable[Item], caller: Caller) -> list[Vectors]:
        loaded = self._loaded()

        def prepare(kind: Kind, read: Callable[[], object]) -> "Future[Vectors]":
            if not caller.waits:
                raise CancelledError
            return loaded.queue.submit(Job(kind, loaded.preparing(kind, read()), caller))

        ahead: deque[Future[Future[Vectors]]] = deque()
        vectors: list[Vectors] = []
        for item in items:
            ahead.append(self._threads.submit(prepare, *item))
            if len(ahead) > AHEAD:
                vectors.append(_vector(ahead.popleft(), caller))
        return vectors + [_vector(one, caller) for one in ahead]

    def _loaded(self) -> Loaded:
        if not self.ready:
            raise UnavailableError(
                "the model is still loading; try again when /.well-known/ready says 204"
            )
        return self._loading.result()


def _vector(prepared: "Future[Future[Vectors]]", caller: Caller) -> Vectors:
    return _in_time(_in_time(prepared, caller), caller)


def _in_time(future: "Future[Result]", caller: Caller) -> Result:
    try:
        return future.result(timeout=caller.seconds_left)
    except (TimeoutError, CancelledError) as error:
        if caller.seconds_left:
            raise ClientGoneError from error
        raise UnavailableError("too much work waits for the model; try again") from error
