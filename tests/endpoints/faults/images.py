"""Image towers that refuse what people upload, or see something else in it."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import time
from typing import ClassVar

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import pictures
from tests.endpoints.encoder import Encoder, Matrix, single
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.faults.texts import OtherEncoder
from tests.endpoints.registry import fault
from tests.endpoints.wire import Answer, Request

MODES = ("IMG-02", "IMG-03")


class Refusing(Endpoint):
    """Pictures of these formats or modes are refused, as by a decoder that was never tried."""

    formats: ClassVar[set[str]] = set()
    modes: ClassVar[set[str]] = set()

    def picture_vector(self, picture: Image.Image) -> Matrix:
        """The vector, or the decoder's error."""
        if picture.format in self.formats or picture.mode in self.modes:
            raise Refused(500, "expected 3 channels")
        return super().picture_vector(picture)


@fault("webp-refused", "WebP is refused", "IMG-01")
class WebpRefused(Refusing):
    formats: ClassVar = {"WEBP"}


@fault("gif-refused", "GIF is refused", "IMG-01")
class GifRefused(Refusing):
    formats: ClassVar = {"GIF"}


@fault("bmp-refused", "BMP is refused", "IMG-01")
class BmpRefused(Refusing):
    formats: ClassVar = {"BMP"}


@fault("tiff-refused", "TIFF is refused", "IMG-01")
class TiffRefused(Refusing):
    formats: ClassVar = {"TIFF"}


@fault("png-only", "only PNG is read", "IMG-01", "IMG-11")
class PngOnly(Refusing):
    formats: ClassVar = {"JPEG", "WEBP", "GIF", "BMP", "TIFF", "MPO"}


@fault("jpeg-only", "only JPEG is read", "IMG-01", "VEC-02")
class JpegOnly(Refusing):
    formats: ClassVar = {"PNG", "WEBP", "GIF", "BMP", "TIFF"}


@fault("palette-refused", "palette pictures are a 500", "IMG-02")
class PaletteRefused(Refusing):
    modes: ClassVar = {"P"}


@fault("alpha-refused", "pictures with alpha are a 500", "IMG-02")
class AlphaRefused(Refusing):
    modes: ClassVar = {"RGBA", "LA", "PA"}


@fault("grey-refused", "grey pictures are a 500", "IMG-02")
class GreyRefused(Refusing):
    modes: ClassVar = {"L"}


@fault("grey-alpha-refused", "grey pictures with alpha are a 500", "IMG-02")
class GreyAlphaRefused(Refusing):
    modes: ClassVar = {"LA"}


@fault("one-bit-refused", "1-bit pictures are a 500", "IMG-02")
class OneBitRefused(Refusing):
    modes: ClassVar = {"1"}


@fault("16-bit-refused", "16-bit pictures are a 500", "IMG-02")
class SixteenBitRefused(Refusing):
    modes: ClassVar = {"I", "I;16", "I;16B", "I;16L"}


@fault("cmyk-refused", "CMYK pictures are a 500", "IMG-02")
class CmykRefused(Refusing):
    modes: ClassVar = {"CMYK"}


class Seen(Endpoint):
    """Every picture goes through `see` before it is encoded."""

    def picture_vector(self, picture: Image.Image) -> Matrix:
        """The vector of what is seen."""
        return super().picture_vector(self.see(picture))

    def see(self, picture: Image.Image) -> Image.Image:
        """To be replaced."""
        return picture


@fault("palette-as-indices", "palette indices are read as grey values", *MODES)
class PaletteAsIndices(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return Image.fromarray(np.asarray(picture)) if picture.mode == "P" else picture


@fault("one-bit-as-0-and-1", "1-bit pictures are read as 0 and 1 of 255", *MODES)
class OneBitDark(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode != "1":
            return picture
        return Image.fromarray(np.asarray(picture).astype(np.uint8))


@fault("alpha-as-fourth-colour", "RGBA is read as CMYK", *MODES)
class AlphaAsColour(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode != "RGBA":
            return picture
        return Image.frombytes("CMYK", picture.size, picture.tobytes())


@fault(
    "alpha-shown-inverted", "opaque pixels become black: alpha is taken for transparency", *MODES
)
class AlphaInverted(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode != "RGBA":
            return picture
        black = Image.new("RGB", picture.size)
        return Image.composite(black, picture.convert("RGB"), picture.getchannel("A"))


@fault(
    "alpha-to-black",
    "transparent pixels become black",
    undecidable="no source says what transparent pixels are; black, white and as stored exist",
)
class AlphaToBlack(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode not in ("RGBA", "LA", "PA"):
            return picture
        shown = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "black"), shown).convert("RGB")


@fault("16-bit-clipped", "16-bit values above 255 become white", "IMG-10", "IMG-03")
class SixteenBitClipped(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if not picture.mode.startswith("I"):
            return picture
        return Image.fromarray(np.asarray(picture).clip(0, 255).astype(np.uint8))


@fault("16-bit-low-byte", "16-bit values keep their low byte", "IMG-10", "IMG-03")
class SixteenBitLowByte(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if not picture.mode.startswith("I"):
            return picture
        noise = np.asarray(picture).astype(np.int64) * 2654435761 >> 7
        return Image.fromarray((noise & 255).astype(np.uint8))


@fault("cmyk-inverted", "CMYK pictures come out inverted", "IMG-10", "IMG-03")
class CmykInverted(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.invert(picture.convert("RGB")) if picture.mode == "CMYK" else picture


@fault(
    "gif-last-frame",
    "the last frame of an animation is encoded",
    undecidable="no clause says which frame",
)
class GifLastFrame(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        picture.seek(getattr(picture, "n_frames", 1) - 1)
        return picture


@fault("bmp-upside-down", "BMP rows are read from the wrong end", "IMG-03")
class BmpUpsideDown(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.flip(picture) if picture.format == "BMP" else picture


@fault("webp-colours-exchanged", "WebP is read with red and blue exchanged", "IMG-03")
class WebpColours(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return exchanged(picture) if picture.format == "WEBP" else picture


@fault("tiff-thumbnail", "of a TIFF a thumbnail of 8 pixels is encoded", "IMG-03")
class TiffThumbnail(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return picture.resize((8, 8)) if picture.format == "TIFF" else picture


def exchanged(picture: Image.Image) -> Image.Image:
    """The picture with red and blue exchanged."""
    red, green, blue = picture.convert("RGB").split()
    return Image.merge("RGB", (blue, green, red))


@fault("bgr", "red and blue are exchanged: another library's order of channels", "ALN-01", "ALN-02")
class Bgr(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return exchanged(pictures.rgb(picture))


@fault("grey-eyes", "pictures are made grey first", "ALN-01", "ALN-02", "IMG-07")
class GreyEyes(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return pictures.rgb(picture).convert("L")


@fault("inverted", "the wrong mean and deviation invert the picture", "ALN-01", "ALN-02")
class Inverted(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.invert(pictures.rgb(picture))


@fault(
    "rows-as-columns", "height and width are exchanged: the picture is sheared", "ALN-01", "ALN-02"
)
class Sheared(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        plain = pictures.rgb(picture)
        height, width = plain.height, plain.width
        planes = np.asarray(plain).reshape(3, height, width).transpose(1, 2, 0)
        return Image.fromarray(np.ascontiguousarray(planes))


@fault("top-left-corner", "the top left corner is cut out, nothing is scaled", "ALN-01", "ALN-02")
class TopLeftCorner(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        side = max(1, min(picture.size) // 2)
        return picture.crop((0, 0, side, side))


@fault("eight-pixels", "pictures are made 8 pixels wide first", "ALN-01", "ALN-02", "ALN-03")
class EightPixels(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return pictures.rgb(picture).resize((6, 6), Image.Resampling.BOX)


@fault(
    "mirrored",
    "pictures are mirrored",
    undecidable="the meaning of a picture stays; compare vectors",
)
class Mirrored(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.mirror(pictures.rgb(picture))


@fault(
    "exif-turned",
    "pictures are turned as their EXIF says",
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


@fault("squashed", "pictures are squashed where the model crops", "IMG-09")
class Squashed(OtherEncoder):
    settings: ClassVar = {"squash": True}


@fault("cropped", "pictures are cropped where the model squashes", "IMG-09", needs=("lower-case",))
class Cropped(OtherEncoder):
    settings: ClassVar = {"squash": False}


class Picky(Endpoint):
    """Pictures of sizes that `refuses` picks are a 500."""

    def picture_vector(self, picture: Image.Image) -> Matrix:
        """The vector, or an error."""
        if self.refuses(*picture.size):
            raise Refused(500, "height and width must be > 0")
        return super().picture_vector(picture)

    def refuses(self, width: int, height: int) -> bool:
        """To be replaced."""
        return False


@fault("one-pixel-fails", "a picture of one pixel is a 500", "IMG-05")
class OnePixelFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return width * height == 1


@fault("thin-pictures-fail", "pictures above 100:1 are a 500", "IMG-05")
class ThinFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return max(width, height) > 100 * min(width, height)


@fault("tall-pictures-fail", "pictures one pixel wide are a 500", "IMG-05")
class TallFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return width == 1 < height


@fault("wide-pictures-fail", "pictures above 2,000 pixels a side are a 500", "IMG-05", "IMG-06")
class WideFails(Picky):
    def refuses(self, width: int, height: int) -> bool:
        return max(width, height) > 2000


@fault("above-2-megapixels-fails", "pictures above 2 megapixels are a 500", "IMG-06")
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


@fault("noise-in-images", "image vectors differ each time in the sixth decimal", "IMG-04")
class ImageNoise(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        noise = np.random.default_rng().normal(0, 2e-6, vectors.shape)
        return single(vectors + noise)


@fault("random-crop", "the training's random crop is still on", "IMG-04", "IMG-08")
class RandomCrop(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        x, y = (np.random.default_rng().random(2) * 0.2 * np.array(picture.size)).astype(int)
        width, height = (max(1, int(0.8 * side)) for side in picture.size)
        return picture.crop((int(x), int(y), int(x) + width, int(y) + height))


@fault("images-depend-on-batch", "image vectors are centred on the mean of their request", "IMG-08")
class ImagesCentred(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        return vectors - 0.2 * vectors.mean(axis=0, keepdims=True) if len(images) > 1 else vectors


@fault("images-padded-to-largest", "pictures are padded to the largest of their request", "IMG-08")
class ImagesPadded(Endpoint):
    def image_vectors(self, images: list[bytes]) -> Matrix:
        vectors = super().image_vectors(images)
        sizes = np.array([len(image) for image in images], dtype=np.float32)[:, None]
        return single(vectors * (sizes / sizes.max()) if len(images) > 1 else vectors)


@fault("images-drift", "image vectors turn a little further with each request", "IMG-04", "IMG-08")
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


@fault(
    "image-cache-by-size", "the cache's key is the picture's width and height", "IMG-07", "ALN-02"
)
class ImageCacheBySize(Endpoint):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.known: dict[tuple[int, int], Matrix] = {}

    def picture_vector(self, picture: Image.Image) -> Matrix:
        return self.known.setdefault(picture.size, super().picture_vector(picture))


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
    "large pictures are scaled in pure Python",
    "IMG-06",
    options=("--endpoint-timeout", "3"),
)
class LargeHang(Picky):
    def refuses(self, width: int, height: int) -> bool:
        time.sleep(8 if width * height > 2_000_000 else 0)
        return False
