"""What goes wrong with several images: in one request, at once, or over another connection."""

import threading
from io import BytesIO

import numpy as np
from PIL import Image

from tests.endpoints import image_encoder
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


def sizes(files: list[bytes]) -> list[tuple[int, int]]:
    """Width and height of each file that Pillow knows."""
    found = []
    for file in files:
        try:
            with Image.open(BytesIO(file)) as opened:
                found.append(opened.size)
        except OSError:
            found.append((0, 0))
    return found


@fault("seven-images-refused", "a request of seven images is a 500", "VEC-02")
class SevenRefused(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        if len(images) == 7:
            raise Refused(500, "shape mismatch")
        return super().image_vectors(images)


@fault(
    "last-two-of-five-exchanged",
    "of five or more images the last two are exchanged",
    "VEC-02",
    "VEC-06",
    "IMG-08",
    "VEC-11",
)
class LastTwoExchanged(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        if len(images) == 5:
            vectors[[3, 4]] = vectors[[4, 3]]
        return vectors


@fault(
    "all-scaled-as-the-first", "images of a request are squashed to the size of the first", "IMG-08"
)
class ScaledAsFirst(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        found = sizes(images)
        for place, size in enumerate(found):
            if size[0] * found[0][1] != size[1] * found[0][0]:
                vectors[place] = single(vectors[place] + 0.1 * np.roll(vectors[place], 1))
        return vectors


@fault("grey-makes-all-grey", "one grey image makes the whole request grey", "IMG-08")
class GreyMakesGrey(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return self.grey(images) if len(images) > 1 and any(map(is_grey, images)) else vectors

    def grey(self, files: list[bytes]) -> Matrix:
        """All of them without their colours."""
        rows = []
        for file in files:
            with Image.open(BytesIO(file)) as opened:
                rows.append(
                    self.encoder.picture(image_encoder.rgb(image_encoder.rgb(opened).convert("L")))
                )
        return np.array(rows)


def is_grey(file: bytes) -> bool:
    """Whether a file is opened as grey."""
    try:
        with Image.open(BytesIO(file)) as opened:
            return opened.mode == "L"
    except OSError:
        return False


@fault("large-together-refused", "more than 30 megapixels in a request are a 500", "IMG-06")
class LargeTogether(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        if len(images) > 1 and sum(w * h for w, h in sizes(images)) > 30_000_000:
            raise Refused(500, "out of memory")
        return super().image_vectors(images)


@fault("large-in-parallel-refused", "a second large image at once is a 500", "IMG-06")
class LargeInParallel(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.large = threading.Lock()

    def image_vectors(self, images: list[bytes]) -> Matrix:
        if not any(w * h > 5_000_000 for w, h in sizes(images)):
            return super().image_vectors(images)
        if not self.large.acquire(blocking=False):
            raise Refused(500, "out of memory")
        try:
            return super().image_vectors(images)
        finally:
            self.large.release()


@fault(
    "bits-change-under-load",
    "image vectors differ in the sixth decimal beside other requests",
    "IMG-04",
)
class BitsUnderLoad(Endpoint):
    busy = 0

    def vectorize(self, request: Request) -> Answer:
        with self.lock:
            self.busy += 1
        try:
            return super().vectorize(request)
        finally:
            with self.lock:
                self.busy -= 1

    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return single(vectors * (1 + 1e-6)) if self.busy > 1 else vectors


@fault("webp-differs-each-time", "a WebP's vector differs in the sixth decimal each time", "IMG-04")
class WebpDiffers(Endpoint):
    def image_vector(self, image: bytes) -> Matrix:
        vector = super().image_vector(image)
        noise = 1 + 1e-6 * next(self.calls)
        return single(vector * noise) if image[8:12] == b"WEBP" else vector
