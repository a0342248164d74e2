"""Image towers that refuse files that people upload."""

from typing import ClassVar

from PIL import Image

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import fault


class Refusing(Endpoint):
    """Images of these formats or modes are refused, as by a decoder that was never tried."""

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


@fault("palette-refused", "palette images are a 500", "IMG-01", "IMG-02")
class PaletteRefused(Refusing):
    modes: ClassVar = {"P"}


@fault("alpha-refused", "images with alpha are a 500", "IMG-02")
class AlphaRefused(Refusing):
    modes: ClassVar = {"RGBA", "LA", "PA"}


@fault("grey-refused", "grey images are a 500", "IMG-02")
class GreyRefused(Refusing):
    modes: ClassVar = {"L"}


@fault("grey-alpha-refused", "grey images with alpha are a 500", "IMG-02")
class GreyAlphaRefused(Refusing):
    modes: ClassVar = {"LA"}


@fault("one-bit-refused", "1-bit images are a 500", "IMG-02")
class OneBitRefused(Refusing):
    modes: ClassVar = {"1"}


@fault("16-bit-refused", "16-bit images are a 500", "IMG-02")
class SixteenBitRefused(Refusing):
    modes: ClassVar = {"I", "I;16", "I;16B", "I;16L"}


@fault("cmyk-refused", "CMYK images are a 500", "IMG-02")
class CmykRefused(Refusing):
    modes: ClassVar = {"CMYK"}
