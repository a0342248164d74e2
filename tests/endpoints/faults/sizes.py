"""Image towers that fail on large, small or odd images."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import time

from PIL import Image

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request


class Picky(Endpoint):
    """Images of sizes that `refuses` picks are a 500."""

    def picture_vector(self, picture: Image.Image) -> Matrix:
        """The vector, or an error."""
        if self.refuses(*picture.size):
            raise Refused(500, "height and width must be > 0")
        return super().picture_vector(picture)

    def refuses(self, width: int, height: int) -> bool:
        """To be replaced."""
        return False


@fault("one-pixel-fails", "an image of one pixel is a 500", "IMG-05")
class OnePixelFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return width * height == 1


@fault("thin-pictures-fail", "images above 100:1 are a 500", "IMG-05")
class ThinFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return max(width, height) > 100 * min(width, height)


@fault("tall-pictures-fail", "images one pixel wide are a 500", "IMG-05")
class TallFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return width == 1 < height


@fault("wide-pictures-fail", "images above 2,000 pixels a side are a 500", "IMG-05", "IMG-06")
class WideFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return max(width, height) > 2000


@fault("above-2-megapixels-fails", "images above 2 megapixels are a 500", "IMG-06")
class MegapixelsFail(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return width * height > 2_000_000


class SmallBodies(Endpoint):
    """Bodies above `most` bytes get the web server's own page."""

    most = 2**20

    def vectorize(self, request: Request) -> Answer:
        """The answer, or 413."""
        if len(request.body) > self.most:
            page = b"<html><h1>413 Request Entity Too Large</h1></html>"
            return Answer(413, page, {"Content-Type": "text/html"})
        return super().vectorize(request)


@fault("above-1-mib-413", "a proxy's default refuses bodies above 1 MiB", "IMG-06")
class Above1Mib(SmallBodies):
    pass


@fault("above-8-mib-413", "bodies above 8 MiB are refused", "IMG-06")
class Above8Mib(SmallBodies):
    most = 8 * 2**20


@fault(
    "base64-in-lines-only",
    "a long base64 string without line breaks is refused",
    "IMG-06",
    "VEC-02",
)
class LinesOnly(Endpoint):
    def decode(self, image: str) -> bytes:
        if len(image) > 100_000:
            raise Refused(400, "line too long")
        return super().decode(image)


@fault(
    "large-pictures-hang",
    "large images are scaled in pure Python",
    "IMG-06",
    options=("--endpoint-timeout", "3"),
)
class LargeHang(Picky):
    def refuses(self, width: int, height: int) -> bool:
        time.sleep(8 if width * height > 2_000_000 else 0)
        return False
