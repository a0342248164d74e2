"""Preprocessing that goes wrong at some sizes, in pixels or in bytes."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.faults.image_branch import Branch, RefusedBranch
from tests.endpoints.registry import fault

SIZE = ("IMG-15",)


@fault(
    "odd-rows-sheared", "rows whose bytes are no multiple of 4 run into each other", "IMG-03", *SIZE
)
class OddRows(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.width % 4 != 0 and picture.height > 8

    def see(self, picture: Image.Image) -> Image.Image:
        padded = ImageOps.expand(image_encoder.rgb(picture), (0, 0, -picture.width % 4, 0))
        return Image.frombytes(
            "RGB", picture.size, padded.tobytes()[: 3 * picture.width * picture.height]
        )


@fault("below-16-pixels-black", "images of less than 16 pixels a side are black", *SIZE, "IMG-07")
class TinyBlack(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return max(picture.size) < 16

    def see(self, picture: Image.Image) -> Image.Image:
        return Image.new("RGB", picture.size)


@fault("upright-images-turned", "images higher than wide are turned", *SIZE)
class UprightTurned(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.height > picture.width

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).transpose(Image.Transpose.ROTATE_90)


@fault("three-rows-are-channels", "an image 3 pixels high is read channel by channel", *SIZE)
class ThreeRows(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.height == 3

    def see(self, picture: Image.Image) -> Image.Image:
        pixels = np.asarray(image_encoder.rgb(picture))
        return Image.fromarray(np.ascontiguousarray(pixels.transpose(2, 1, 0)))


@fault(
    "own-size-exchanged",
    "what needs no resizing skips the change of channels",
    *SIZE,
    "ALN-01",
    "ALN-02",
    "IMG-13",
    "IMG-03",
    "IMG-06",
)
class OwnSizeExchanged(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.size == (self.own, self.own)

    own = 224

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.exchanged(picture)


@fault("one-below-256-refused", "a side of 255 pixels is a 500", "IMG-05")
class OneBelow(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return 255 in picture.size


@fault(
    "above-1024-by-nearest",
    "above 1,024 pixels a side a copy of 12 pixels is made",
    *SIZE,
    "IMG-06",
)
class LargeCoarse(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return min(picture.size) > 1024

    def see(self, picture: Image.Image) -> Image.Image:
        small = image_encoder.rgb(picture).convert("L").resize((12, 12))
        return small.resize((224, 224))


@fault(
    "shortest-files-refused",
    "files of less than 100 bytes are taken for broken",
    "IMG-05",
    "IMG-07",
    "IMG-01",
    "IMG-14",
)
class ShortFiles(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return len(file) < 100


@fault("shapes-above-30-refused", "images of more than 30:1 are a 500", "IMG-05")
class LongShapes(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return max(picture.size) > 30 * min(picture.size)


@fault("sensor-refused", "images of more than 20 megapixels are a 500", "IMG-16")
class SensorRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.width * picture.height > 20_000_000


@fault("upright-photographs-refused", "large images in portrait are a 500", "IMG-06")
class UprightLargeRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.height > 3500 and picture.height > picture.width


@fault("heavy-files-grey", "of files above 1 MiB a quick grey copy is read", "IMG-06")
class HeavyGrey(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return len(file) > 2**20

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).convert("L")


@fault(
    "middling-files-refused", "files from 4 to 5 MB are a 500: a spool's edge", "IMG-06", "IMG-07"
)
class MiddlingRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return 4_000_000 < len(file) < 5_000_000


@fault("wide-images-fitted-in", "images wider than 2:1 are fitted into a black square", *SIZE)
class WideFittedIn(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.width > 2 * picture.height

    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.pad(image_encoder.rgb(picture), (224, 224))
