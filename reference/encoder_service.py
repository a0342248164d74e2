"""One model: loaded by the thread that computes with it, asked by the threads of requests."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from reference import batch_sizes, images, processors
from reference.batcher import Batcher, Job
from reference.caller import Caller
from reference.errors import ClientGoneError, UnavailableError
from reference.inference import Computing, Kind, Vectors
from reference.request_body import RequestBody

Result = TypeVar("Result")
Item = tuple[Kind, Callable[[], object]]
"""What an item is, and how it is read."""

CORES = processors.usable()

AHEAD = 16
"""Items of one request that are read ahead of the model, so that a request of hundreds neither
fills the memory nor keeps the others waiting."""


class EncoderService:
    """Texts and images to vectors, once a model is loaded.

    Images are decoded and scaled by a few threads, in parallel and outside the model; what they
    make waits in a batcher's queue.
    """

    def __init__(self, max_pixels: int = 10**8) -> None:
        self._max_pixels = max_pixels
        self._readers = ThreadPoolExecutor(CORES, "reader", initializer=_one_thread)
        self._computing: Computing | None = None
        self._batcher: Batcher | None = None
        self.description: dict[str, Any] = {"dimensions": None}

    @property
    def ready(self) -> bool:
        """Whether the model is loaded and has encoded a first text and image."""
        return self._batcher is not None

    @property
    def packages(self) -> tuple[str, ...]:
        """Distributions that the model computes with; none before it is loaded."""
        return self._computing.encoder.packages if self._computing else ()

    @property
    def waiting(self) -> int:
        """Items that wait for the model."""
        return self._batcher.waiting if self._batcher else 0

    def start(self, build: Callable[[], tuple[Computing, dict[str, Any]]]) -> "Future[None]":
        """Load in the background; the future fails with whatever `build` raised."""
        loading: Future[None] = Future()
        threading.Thread(target=self._work, args=(build, loading), daemon=True).start()
        return loading

    def vectors(self, wanted: RequestBody, caller: Caller) -> tuple[list[Vectors], list[Vectors]]:
        """Vectors of the texts and of the images.

        Raises `RefusedError` for an image that is none, `UnavailableError`, `ClientGoneError`.
        """
        items: list[Item] = [("text", partial(str, text)) for text in wanted.texts]
        for index, encoded in enumerate(wanted.images):
            read = partial(images.read, encoded, f"images[{index}]", self._max_pixels)
            items.append(("image", read))
        vectors = self._encoded(items, caller)
        return vectors[: len(wanted.texts)], vectors[len(wanted.texts) :]

    def _encoded(self, items: Iterable[Item], caller: Caller) -> list[Vectors]:
        computing, batcher = self._loaded()

        def prepare(kind: Kind, read: Callable[[], object]) -> "Future[Vectors]":
            if not caller.waits:
                raise CancelledError
            return batcher.submit(Job(kind, computing.inputs(kind, read()), caller))

        ahead: deque[Future[Future[Vectors]]] = deque()
        vectors: list[Vectors] = []
        for item in items:
            ahead.append(self._readers.submit(prepare, *item))
            if len(ahead) > AHEAD:
                vectors.append(_vector(ahead.popleft(), caller))
        return vectors + [_vector(one, caller) for one in ahead]

    def _loaded(self) -> tuple[Computing, Batcher]:
        if self._computing is None or self._batcher is None:
            raise UnavailableError(
                "the model is still loading; try again when /.well-known/ready says 204"
            )
        return self._computing, self._batcher

    def _work(
        self, build: Callable[[], tuple[Computing, dict[str, Any]]], loading: "Future[None]"
    ) -> None:
        try:
            self._load(build)
        except BaseException as error:
            loading.set_exception(error)
            return
        loading.set_result(None)
        assert self._batcher is not None
        self._batcher.run()

    def _load(self, build: Callable[[], tuple[Computing, dict[str, Any]]]) -> None:
        computing, description = build()
        sizes = batch_sizes.measured(computing)
        self.description = {**description, "batch_sizes": asdict(sizes)}
        self._computing = computing
        self._batcher = Batcher(computing, sizes)


def _vector(prepared: "Future[Future[Vectors]]", caller: Caller) -> Vectors:
    return _in_time(_in_time(prepared, caller), caller)


def _in_time(future: "Future[Result]", caller: Caller) -> Result:
    try:
        return future.result(timeout=caller.seconds_left)
    except (TimeoutError, CancelledError) as error:
        if caller.seconds_left:
            raise ClientGoneError from error
        raise UnavailableError("too much work waits for the model; try again") from error


def _one_thread() -> None:
    """Let torch scale an image in the reader's own thread, without a pool for each of them."""
    import torch

    torch.set_num_threads(1)
