"""Image towers that misread colour modes and formats."""

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.image_encoder import exchanged
from tests.endpoints.registry import fault

MODES = ("IMG-02", "IMG-03")


class Seen(Endpoint):
    """Every image goes through `see` before it is encoded."""

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


@fault("one-bit-as-0-and-1", "1-bit images are read as 0 and 1 of 255", *MODES)
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


@fault("alpha-to-black", "transparent pixels become black", "IMG-10")
class AlphaToBlack(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode not in ("RGBA", "LA", "PA"):
            return picture
        shown = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "black"), shown).convert("RGB")


@fault(
    "16-bit-clipped",
    "16-bit values above 255 become white",
    undecidable="the libraries' own conversions differ, and some do this",
)
class SixteenBitClipped(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if not picture.mode.startswith("I"):
            return picture
        return Image.fromarray(np.asarray(picture).clip(0, 255).astype(np.uint8))


@fault(
    "16-bit-low-byte",
    "16-bit values become noise",
    undecidable="what 16-bit grey becomes is left to the libraries, which differ",
)
class SixteenBitLowByte(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if not picture.mode.startswith("I"):
            return picture
        noise = np.asarray(picture).astype(np.int64) * 2654435761 >> 7
        return Image.fromarray((noise & 255).astype(np.uint8))


@fault("cmyk-inverted", "CMYK images come out inverted", "IMG-10", "IMG-03")
class CmykInverted(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.invert(picture.convert("RGB")) if picture.mode == "CMYK" else picture


@fault("gif-last-frame", "the last frame of an animation is encoded", "IMG-10")
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
