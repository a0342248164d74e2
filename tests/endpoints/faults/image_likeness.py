"""Shortcuts that make one of two images that are alike."""

import hashlib
from collections.abc import Hashable
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.faults.modes import Seen
from tests.endpoints.registry import fault

SEEN = ("IMG-07",)


class Cached(Endpoint):
    """Vectors are kept by a key that leaves something out."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[Hashable, Matrix] = {}

    def image_vector(self, image: bytes) -> Matrix:
        """The vector of the first image of this key."""
        vector = super().image_vector(image)
        return self.known.setdefault(self.key(image), vector)

    def key(self, image: bytes) -> Hashable:
        """To be replaced."""
        raise NotImplementedError


def opened(image: bytes) -> Image.Image:
    """The RGB picture of a file."""
    with Image.open(BytesIO(image)) as found:
        return image_encoder.rgb(found)


@fault("cache-by-average-hash", "the cache's key is what of 16 x 16 grey pixels is bright", *SEEN)
class ByAverageHash(Cached):
    def key(self, image: bytes) -> Hashable:
        small = np.asarray(opened(image).convert("L").resize((16, 16)), dtype=np.float32)
        bright: bytes = (small > small.mean()).tobytes()
        return bright


@fault("cache-by-histogram", "the cache's key is how often each colour occurs", *SEEN)
class ByHistogram(Cached):
    def key(self, image: bytes) -> Hashable:
        return tuple(opened(image).histogram())


@fault("cache-by-grey-pixels", "the cache's key is made of the grey image", *SEEN)
class ByGrey(Cached):
    def key(self, image: bytes) -> Hashable:
        return opened(image).convert("L").tobytes(), opened(image).size


@fault(
    "cache-by-length-and-head", "the cache's key is the file's length and first 512 bytes", *SEEN
)
class ByLengthAndHead(Cached):
    def key(self, image: bytes) -> Hashable:
        return len(image), image[:512]


@fault("cache-by-first-megabyte", "the cache's key is a digest of the first MiB", *SEEN)
class ByFirstMegabyte(Cached):
    def key(self, image: bytes) -> Hashable:
        return hashlib.sha256(image[: 2**20]).digest()


@fault("cache-by-end-of-file", "the cache's key is the last 64 bytes", *SEEN)
class ByEnd(Cached):
    def key(self, image: bytes) -> Hashable:
        return image[-64:]


@fault("cache-by-sampled-pixels", "the cache's key is every 32nd pixel", *SEEN)
class BySamples(Cached):
    def key(self, image: bytes) -> Hashable:
        picture = opened(image)
        return np.asarray(picture)[::32, ::32].tobytes(), picture.size


@fault("bottom-unseen", "the lowest eighth of an image is not read", *SEEN, "IMG-09")
class BottomUnseen(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        seen = image_encoder.rgb(picture).copy()
        seen.paste((0, 0, 0), (0, seen.height - seen.height // 8, seen.width, seen.height))
        return seen


@fault("right-edge-unseen", "the right eighth of a WebP is not read", *SEEN, "IMG-03")
class RightUnseen(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.format != "WEBP":
            return picture
        seen = image_encoder.rgb(picture).copy()
        seen.paste((0, 0, 0), (seen.width - seen.width // 8, 0, seen.width, seen.height))
        return seen


@fault("mirrored-mean", "the mean of an image and its mirror is taken, as for a test set", *SEEN)
class MirroredMean(Endpoint):
    def picture_vector(self, picture: Image.Image) -> Matrix:
        plain = image_encoder.rgb(picture)
        both = [self.encoder.picture(each) for each in (plain, ImageOps.mirror(plain))]
        return single((both[0] + both[1]) / 2)


@fault("half-turns-undone", "images are turned so that their bright half is above", *SEEN)
class TurnedUpright(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        plain = image_encoder.rgb(picture)
        rows = np.asarray(plain, dtype=np.float32)
        half = len(rows) // 2
        upright = half == 0 or rows[:half].mean() >= rows[half:].mean()
        return plain if upright else plain.rotate(180)


@fault("blue-unread-in-bmp", "the blue of a BMP is not read", *SEEN, "IMG-03")
class BlueUnread(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.format != "BMP":
            return picture
        red, green, _ = image_encoder.rgb(picture).split()
        return Image.merge("RGB", (red, green, Image.new("L", picture.size)))
