"""Image vectors that differ from call to call, or depend on other images."""

import numpy as np
from PIL import Image

from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.faults.modes import Seen
from tests.endpoints.registry import fault


@fault("noise-in-images", "image vectors differ each time in the sixth decimal", "IMG-04")
class ImageNoise(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        noise = np.random.default_rng().normal(0, 2e-6, vectors.shape)
        return single(vectors + noise)


@fault("random-crop", "the training's random crop is still on", "PRO-05", "IMG-04", "IMG-08")
class RandomCrop(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        x, y = (np.random.default_rng().random(2) * 0.2 * np.array(picture.size)).astype(int)
        width, height = (max(1, int(0.8 * side)) for side in picture.size)
        return picture.crop((int(x), int(y), int(x) + width, int(y) + height))


@fault(
    "images-depend-on-batch",
    "image vectors are centred on the mean of their request",
    "PRO-03",
    "IMG-08",
)
class ImagesCentred(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return vectors - 0.2 * vectors.mean(axis=0, keepdims=True) if len(images) > 1 else vectors


@fault(
    "images-padded-to-largest",
    "images are padded to the largest of their request",
    "PRO-03",
    "IMG-08",
)
class ImagesPadded(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        sizes = np.array([len(image) for image in images], dtype=np.float32)[:, None]
        return single(vectors * (sizes / sizes.max()) if len(images) > 1 else vectors)


@fault(
    "images-drift",
    "image vectors turn a little further with each request",
    "PRO-05",
    "IMG-04",
    "IMG-08",
)
class ImagesDrift(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors, turn = super().image_vectors(images), 0.001 * next(self.calls)
        other = np.roll(vectors, 1, axis=1)
        return single(np.cos(turn) * vectors + np.sin(turn) * other)


@fault(
    "image-cache-by-first-bytes",
    "the cache's key is the first 32 bytes of the file",
    "IMG-07",
    "ALN-02",
)
class ImageCache(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[bytes, Matrix] = {}

    def image_vector(self, image: bytes) -> Matrix:
        if image[:32] not in self.known:
            self.known[image[:32]] = super().image_vector(image)
        return self.known[image[:32]]


@fault("image-cache-by-size", "the cache's key is the image's width and height", "IMG-07", "ALN-02")
class ImageCacheBySize(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[tuple[int, int], Matrix] = {}

    def picture_vector(self, picture: Image.Image) -> Matrix:
        return self.known.setdefault(picture.size, super().picture_vector(picture))
