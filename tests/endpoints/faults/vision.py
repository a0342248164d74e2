"""Image towers that see another image than the model does."""

from typing import ClassVar

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.endpoint import Refused
from tests.endpoints.faults.modes import Seen
from tests.endpoints.faults.reading import OtherEncoder
from tests.endpoints.registry import fault


@fault("bgr", "red and blue are exchanged: another library's order of channels", "ALN-01", "ALN-02")
class Bgr(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.exchanged(image_encoder.rgb(picture))


@fault("grey-eyes", "images are made grey first", "ALN-01", "ALN-02", "IMG-07")
class GreyEyes(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).convert("L")


@fault("inverted", "the wrong mean and deviation invert the image", "ALN-01", "ALN-02")
class Inverted(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.invert(image_encoder.rgb(picture))


@fault(
    "rows-as-columns", "height and width are exchanged: the image is sheared", "ALN-01", "ALN-02"
)
class Sheared(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        plain = image_encoder.rgb(picture)
        height, width = plain.height, plain.width
        planes = np.asarray(plain).reshape(3, height, width).transpose(1, 2, 0)
        return Image.fromarray(np.ascontiguousarray(planes))


@fault("top-left-corner", "the top left corner is cut out, nothing is scaled", "ALN-01", "ALN-02")
class TopLeftCorner(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        side = max(1, min(picture.size) // 2)
        return picture.crop((0, 0, side, side))


@fault(
    "eight-pixels", "images are made 8 pixels wide first", "REL-07", "ALN-01", "ALN-02", "ALN-03"
)
class EightPixels(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).resize((6, 6), Image.Resampling.BOX)


@fault(
    "mirrored",
    "images are mirrored",
    undecidable="the meaning of an image stays; compare vectors",
)
class Mirrored(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.mirror(image_encoder.rgb(picture))


@fault(
    "exif-turned",
    "images are turned as their EXIF says",
    undecidable="the listed processors do not, image viewers do; no source says",
)
class ExifTurned(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.exif_transpose(picture)


@fault("exif-fails", "a JPEG with EXIF is a 500", "IMG-10", "IMG-11", "IMG-01", "IMG-03")
class ExifFails(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if "exif" in picture.info:
            raise Refused(500, "unpack requires a buffer of 2 bytes")
        return picture


@fault("squashed", "images are squashed where the model crops", "IMG-09")
class Squashed(OtherEncoder):
    settings: ClassVar = {"squash": True}


@fault("cropped", "images are cropped where the model squashes", "IMG-09", needs=("lower-case",))
class Cropped(OtherEncoder):
    settings: ClassVar = {"squash": False}
