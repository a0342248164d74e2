"""Turn a request's texts and images into vectors: prepare them, then queue them for the model.

Texts are tokenized, and images decoded and resized, in the thread of their request. The number of
threads that prepare images simultaneously is limited to the number of processors. The inputs then
wait in the compute thread's queue.
"""

import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any

from reference import hardware, images
from reference.admission import Caller
from reference.compute_thread import Job, Loaded
from reference.errors import ClientGoneError, UnavailableError
from reference.inputs import Inputs, Kind, Vectors
from reference.json_bodies import RequestBody
from reference.model import Preparing

AHEAD = 16
"""Items of one request that are prepared ahead of the model, so that a request with hundreds of
items neither fills the memory nor delays others."""


class EncoderService:
    """Encodes once `loading` is done."""

    def __init__(
        self,
        loading: "Future[Loaded]",
        max_pixels: int,
        processors: int | None = None,
        whole: threading.Event | None = None,
    ) -> None:
        """At most `processors` images are read at once; `whole` is set once all workers load."""
        self._loading = loading
        self._max_pixels = max_pixels
        self._processors = threading.Semaphore(processors or hardware.usable_processors())
        self._whole = whole
        self._torch = _TorchSettings()

    @property
    def ready(self) -> bool:
        """Whether the model, here and in every other worker, has encoded a first text and image."""
        # A model that cannot be loaded ends the program.
        return self._loading.done() and (self._whole is None or self._whole.is_set())

    @property
    def description(self) -> dict[str, Any]:
        """Properties of the loaded model, for `/meta`."""
        if not self.ready:
            return {"dimensions": None, "versions": {}}
        return self._loaded().description

    @property
    def waiting(self) -> int:
        """Number of items waiting for the model."""
        return self._loaded().queue.waiting if self.ready else 0

    def vectors(self, wanted: RequestBody, caller: Caller) -> tuple[list[Vectors], list[Vectors]]:
        """The vectors of the texts and of the images.

        Raises `RefusedError` for invalid images, `UnavailableError`, `ClientGoneError`.
        """
        inputs = self._inputs(self._loaded().preparing, wanted, caller)
        ahead: deque[Future[Vectors]] = deque()
        vectors: list[Vectors] = []
        for kind, item in inputs:
            ahead.append(self._loaded().queue.submit(Job(kind, item, caller)))
            if len(ahead) > AHEAD:
                vectors.append(_in_time(ahead.popleft(), caller))
        vectors.extend(_in_time(one, caller) for one in ahead)
        return vectors[: len(wanted.texts)], vectors[len(wanted.texts) :]

    def _inputs(
        self, preparing: Preparing, wanted: RequestBody, caller: Caller
    ) -> Iterator[tuple[Kind, Inputs]]:
        self._torch.set_up()
        for text in wanted.texts:
            yield "text", preparing("text", text)
        for index, encoded in enumerate(wanted.images):
            with self._processor(caller):
                image = images.read(encoded, f"images[{index}]", self._max_pixels)
                prepared = preparing("image", image)
            yield "image", prepared

    @contextmanager
    def _processor(self, caller: Caller) -> Iterator[None]:
        if not self._processors.acquire(timeout=caller.seconds_left):
            raise UnavailableError("too many images are waiting to be read; try again")
        try:
            if not caller.waits:
                raise ClientGoneError
            yield
        finally:
            self._processors.release()

    def _loaded(self) -> Loaded:
        if not self.ready:
            raise UnavailableError(
                "the model is still loading; try again when /.well-known/ready returns 204"
            )
        return self._loading.result()


def _in_time(future: "Future[Vectors]", caller: Caller) -> Vectors:
    try:
        return future.result(timeout=caller.seconds_left)
    except (TimeoutError, CancelledError) as error:
        if caller.seconds_left:
            raise ClientGoneError from error
        raise UnavailableError("too much work is waiting for the model; try again") from error


class _TorchSettings(threading.local):
    """torch's thread settings, if torch is used: it then resizes images without a thread pool."""

    done = False

    def set_up(self) -> None:
        """Called by each thread before it prepares, and never before the model is loaded.

        The first number that is set becomes the default for threads that have not used torch yet.
        """
        if not self.done and "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        self.done = True
