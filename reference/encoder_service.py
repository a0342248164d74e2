"""One encoder, the thread that loads it and computes with it, and whether it is ready."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from PIL import Image

from reference.encoders import Encoder, UnloadableError, Vectors
from reference.errors import UnavailableError
from reference.widening import Widened

log = logging.getLogger(__name__)


class EncoderService:
    """Holds an encoder once it is loaded.

    All its work is done by one thread, in the order of arrival: the libraries are not made for
    parallel calls (multi2vec-clip-inference 26), every further thread would get its own pool of
    OpenMP threads, and so parallel requests cannot change a vector.
    """

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._encoder: Encoder | None = None
        self.dimensions: int | None = None

    @property
    def ready(self) -> bool:
        """Whether the encoder is loaded and has encoded a first text and image."""
        return self._encoder is not None

    @property
    def packages(self) -> tuple[str, ...]:
        """Distributions that the encoder computes with; none before it is loaded."""
        return self._encoder.packages if self._encoder else ()

    def start(self, build: Callable[[], Encoder], width: int | None = None) -> Future[None]:
        """Load in the background; the future fails with whatever `build` raised."""
        return self._worker.submit(self._load, build, width)

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, width); `UnavailableError` before it is ready."""
        if not texts:
            return np.empty((0, self.dimensions or 0), np.float32)
        return _finite(self._worker.submit(self._loaded().encode_texts, texts).result())

    def images(self, images: Iterator[Image.Image]) -> list[Vectors]:
        """One vector an image, the next image being read while the last is encoded."""
        encoder, pending = self._loaded(), list[Future[Vectors]]()
        for image in images:
            pending.append(self._worker.submit(encoder.encode_image, image))
            if len(pending) > 1:
                pending[-2].result()  # at most two decoded images of a request in memory
        return [_finite(future.result()) for future in pending]

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            raise UnavailableError(
                "the model is still loading; try again when /.well-known/ready says 204"
            )
        return self._encoder

    def _load(self, build: Callable[[], Encoder], width: int | None) -> None:
        encoder = build()
        narrow = _width(encoder)
        if width is not None and width != narrow:
            encoder = Widened(encoder, narrow, width)
        self.dimensions = width or narrow
        self._encoder = encoder


def _width(encoder: Encoder) -> int:
    """The width of both kinds of vectors; encoding the first ones also warms the libraries up."""
    text, image = encoder.encode_texts(["a cat"]), encoder.encode_image(Image.new("RGB", (64, 48)))
    if text.shape[1:] != image.shape:
        widths = f"{text.shape[1]} and {len(image)} wide"
        raise UnloadableError(f"the checkpoint's text and image vectors differ: {widths}")
    return len(image)


def _finite(vectors: Vectors) -> Vectors:
    if not np.isfinite(vectors).all():
        raise ArithmeticError("the model gave a vector that is not finite")
    return vectors
