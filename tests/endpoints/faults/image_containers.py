"""Decoders that misread one variant of a format, and read all others."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.faults.image_branch import Branch, RefusedBranch
from tests.endpoints.registry import fault

FORMAT, MODE = ("IMG-01",), ("IMG-02", "IMG-01")
SAME, LOSSY = ("IMG-03", "IMG-12"), ("IMG-13", "IMG-10")


def pixels(picture: Image.Image) -> np.ndarray:
    """The RGB values of a picture."""
    return np.asarray(image_encoder.rgb(picture))


def is_interlaced(file: bytes, picture: Image.Image) -> bool:
    """A PNG of seven passes."""
    return picture.format == "PNG" and file[28] == 1


@fault("interlaced-png-refused", "interlaced PNGs are a 500", *FORMAT)
class InterlacedRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return is_interlaced(file, picture)


@fault("interlaced-png-first-pass", "of an interlaced PNG the first pass is shown", *SAME)
class InterlacedFirstPass(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return is_interlaced(file, picture)

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).crop(
            (0, 0, -(-picture.width // 8), -(-picture.height // 8))
        )


@fault("deep-png-low-byte", "of 16-bit colours the low byte is read", *SAME)
class DeepLowByte(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and file[24] == 16 and file[25] == 2

    def see(self, picture: Image.Image) -> Image.Image:
        noise = np.random.default_rng(0).integers(0, 256, (picture.height, picture.width, 3))
        return Image.fromarray(noise.astype(np.uint8))


@fault("small-palettes-as-grey", "a palette of up to 16 colours is read as grey", *SAME)
class SmallPalettes(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and picture.mode == "P" and file[24] == 4

    def see(self, picture: Image.Image) -> Image.Image:
        return Image.fromarray(np.asarray(picture) * np.uint8(17))


@fault("palette-index-signed", "a palette's colours above the 127th are black", *SAME)
class SignedIndex(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.mode == "P"

    def see(self, picture: Image.Image) -> Image.Image:
        black = np.asarray(picture) > 127
        return Image.fromarray(np.where(black[..., None], np.uint8(0), pixels(picture)))


@fault("two-colour-palettes-refused", "a palette of two colours is a 500", *MODE)
class TwoColours(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and file[24] == 1 and file[25] == 3


@fault("interlaced-gif-in-file-order", "the rows of an interlaced GIF stay in file order", *SAME)
class InterlacedGif(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        if picture.format != "GIF":
            return False
        place = 13 + 3 * 2 ** ((file[10] & 7) + 1)
        while file[place] == 0x21:  # extensions, each of blocks with their lengths
            place += 2
            while file[place]:
                place += file[place] + 1
            place += 1
        return bool(file[place + 9] & 0x40)

    def see(self, picture: Image.Image) -> Image.Image:
        rows = pixels(picture)
        parts = [rows[0::8], rows[4::8], rows[2::4], rows[1::2]]
        return Image.fromarray(np.concatenate(parts))


@fault("top-down-bmp-flipped", "a BMP whose top row is first comes upside down", *SAME)
class TopDownBmp(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "BMP" and file[25] == 0xFF

    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.flip(image_encoder.rgb(picture))


@fault("bmp-palette-exchanged", "a BMP's palette is read with red and blue exchanged", *SAME)
class BmpPalette(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "BMP" and picture.mode == "P"

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.exchanged(picture)


@fault("32-bit-bmp-shifted", "the fourth byte of a 32-bit BMP is read as a colour", *SAME)
class Bmp32(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "BMP" and file[28] == 32

    def see(self, picture: Image.Image) -> Image.Image:
        return Image.fromarray(np.roll(pixels(picture), 1, axis=2))


@fault("bmp-run-lengths-refused", "a BMP of run lengths is a 500", *MODE)
class BmpRunLengths(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "BMP" and file[30] in (1, 2)


@fault("os2-bmp-refused", "a BMP of OS/2 is a 500", *FORMAT)
class Os2Bmp(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "BMP" and file[14] == 12


@fault("big-endian-tiff-refused", "a big-endian TIFF is a 500", *FORMAT)
class BigEndianTiff(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return file.startswith(b"MM\0*")


@fault("tiff-tiles-one-below-another", "the tiles of a TIFF are read as strips", *SAME)
class TiffTiles(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "TIFF" and 322 in picture.tag_v2  # type: ignore[attr-defined]

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).transpose(Image.Transpose.TRANSPOSE)


@fault("tiff-planes-interleaved", "the planes of a TIFF are read as if interleaved", *SAME)
class TiffPlanes(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        tags = getattr(picture, "tag_v2", {})
        return picture.format == "TIFF" and tags.get(284) == 2

    def see(self, picture: Image.Image) -> Image.Image:
        planes = np.ascontiguousarray(pixels(picture).transpose(2, 0, 1))
        return Image.fromarray(planes.reshape(picture.height, picture.width, 3))


@fault("white-is-zero-inverted", "a TIFF whose 0 is white comes out inverted", *SAME)
class WhiteIsZero(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        tags = getattr(picture, "tag_v2", {})
        return picture.format == "TIFF" and tags.get(262) == 0 and picture.mode == "L"

    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.invert(image_encoder.rgb(picture))


@fault("packbits-refused", "a TIFF compressed by PackBits is a 500", *FORMAT)
class PackBits(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return getattr(picture, "tag_v2", {}).get(259) == 32773


@fault("fax-tiff-refused", "a scan compressed as a fax is a 500", *MODE)
class FaxTiff(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return getattr(picture, "tag_v2", {}).get(259) in (2, 3, 4)


@fault("tiff-alpha-refused", "a TIFF with alpha is a 500", *MODE)
class TiffAlpha(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "TIFF" and picture.mode in ("RGBA", "LA")


@fault("webp-alpha-refused", "a WebP with alpha is a 500", *MODE)
class WebpAlpha(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "WEBP" and picture.mode == "RGBA"


@fault("lossy-webp-without-colour", "a lossy WebP is read without its colours", *LOSSY)
class LossyWebpGrey(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "WEBP" and b"VP8 " in file[:64]

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.rgb(picture).convert("L")


@fault("jpeg-colours-exchanged", "a JPEG is read with red and blue exchanged", *LOSSY)
class JpegColours(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and picture.mode == "RGB"

    def see(self, picture: Image.Image) -> Image.Image:
        return image_encoder.exchanged(picture)


@fault("jpeg-chroma-exchanged", "the two colour planes of a 4:4:4 JPEG are exchanged", *LOSSY)
class JpegChroma(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        layers = getattr(picture, "layer", [])
        return picture.format == "JPEG" and len(layers) == 3 and layers[0][1:3] == (1, 1)

    def see(self, picture: Image.Image) -> Image.Image:
        luma, blue, red = image_encoder.rgb(picture).convert("YCbCr").split()
        return Image.merge("YCbCr", (luma, red, blue)).convert("RGB")


@fault("progressive-first-scan", "of a progressive JPEG the first scan is shown", *LOSSY)
class ProgressiveFirstScan(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and "progressive" in picture.info

    def see(self, picture: Image.Image) -> Image.Image:
        small = picture.resize((max(1, picture.width // 60), max(1, picture.height // 60)))
        return small.resize(picture.size)


@fault("restart-markers-refused", "a JPEG with restart markers is a 500", *FORMAT)
class RestartMarkers(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and b"\xff\xdd\x00\x04" in file


@fault("rgb-jpeg-as-ycbcr", "a JPEG of RGB is taken for YCbCr", *LOSSY)
class RgbJpeg(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and picture.info.get("adobe_transform") == 0

    def see(self, picture: Image.Image) -> Image.Image:
        taken = Image.frombytes("YCbCr", picture.size, image_encoder.rgb(picture).tobytes())
        return taken.convert("RGB")


@fault("ycck-inverted", "a YCCK JPEG comes out inverted", "IMG-10")
class YcckInverted(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.mode == "CMYK" and picture.info.get("adobe_transform") == 2

    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.invert(image_encoder.rgb(picture))


@fault("grey-jpeg-too-dark", "a grey JPEG is scaled twice by 255", *LOSSY)
class GreyJpegDark(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and picture.mode == "L"

    def see(self, picture: Image.Image) -> Image.Image:
        return picture.point(lambda value: value // 16)


@fault("two-bit-grey-unscaled", "2-bit greys are read as 0 to 3 of 255", *SAME)
class TwoBitGrey(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and file[24] == 2 and file[25] == 0

    def see(self, picture: Image.Image) -> Image.Image:
        return picture.point(lambda value: value // 85)


@fault("trns-means-black", "where a file names a transparent colour, all is black", *SAME)
class TrnsMeansBlack(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return isinstance(picture.info.get("transparency"), (int, tuple))

    def see(self, picture: Image.Image) -> Image.Image:
        return Image.new("RGB", picture.size)


@fault("png-last-page", "of an animated PNG the last image is shown", "IMG-10")
class ApngLast(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and getattr(picture, "n_frames", 1) > 1

    def see(self, picture: Image.Image) -> Image.Image:
        picture.seek(picture.n_frames - 1)  # type: ignore[attr-defined]
        return picture


@fault("tiff-last-page", "of a TIFF of several pages the last is shown", "IMG-10")
class TiffLastPage(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "TIFF" and getattr(picture, "n_frames", 1) > 1

    def see(self, picture: Image.Image) -> Image.Image:
        picture.seek(picture.n_frames - 1)  # type: ignore[attr-defined]
        return picture


@fault("animated-webp-refused", "an animated WebP is a 500", *FORMAT)
class AnimatedWebp(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "WEBP" and b"ANIM" in file[:64]


@fault("mpo-refused", "the pairs of JPEGs that cameras write are a 500", *FORMAT)
class MpoRefused(RefusedBranch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "MPO"
