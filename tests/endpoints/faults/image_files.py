"""Decoders that reject or misread an image format or one of its variants."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import fault, refusals, variants

# Base classes for faults that treat one kind of image file differently.


class Branch(Endpoint):
    """Shows the encoder the files that `applies` selects through `see`, and others unchanged."""

    def image_vector(self, image: bytes) -> Matrix:
        try:
            with Image.open(BytesIO(image)) as opened:
                opened.load()
                taken = self.applies(image, opened)
                if taken:
                    return self.encoder.picture(image_encoder.rgb(self.see(opened)))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            pass  # Unreadable images are rejected as usual.
        return super().image_vector(image)

    def applies(self, file: bytes, picture: Image.Image) -> bool:
        """Whether the encoder sees this file differently; subclasses override it."""
        raise NotImplementedError

    def see(self, picture: Image.Image) -> Image.Image:
        """The image that the encoder sees instead; subclasses override it."""
        return picture


class RefusedBranch(Branch):
    """Returns 500 for the files that `applies` selects."""

    def see(self, picture: Image.Image) -> Image.Image:
        raise Refused(500, "unsupported image")


# Image towers that reject files that users upload.

refusing = refusals("picture_vector")
refusing("webp-refused", 500, lambda picture: picture.format == "WEBP")
refusing("gif-refused", 500, lambda picture: picture.format == "GIF")
refusing("bmp-refused", 500, lambda picture: picture.format == "BMP")
refusing("tiff-refused", 500, lambda picture: picture.format == "TIFF")
refusing("jpeg-only", 500, lambda picture: picture.format in {"PNG", "WEBP", "GIF", "BMP", "TIFF"})
refusing(
    "png-only", 500, lambda picture: picture.format in {"JPEG", "WEBP", "GIF", "BMP", "TIFF", "MPO"}
)
refusing("palette-refused", 500, lambda picture: picture.mode == "P")
refusing("alpha-refused", 500, lambda picture: picture.mode in {"RGBA", "LA", "PA"})
refusing(
    "large-alpha-refused",
    500,
    lambda picture: "A" in picture.mode and picture.width * picture.height > 1e6,
)
refusing(
    "large-scans-refused",
    500,
    lambda picture: picture.mode in {"L", "1"} and picture.width * picture.height > 1e6,
)
refusing(
    "tiny-jpegs-refused", 500, lambda picture: picture.format == "JPEG" and min(picture.size) < 8
)
refusing(
    "gif-of-one-pixel-refused",
    500,
    lambda picture: picture.format == "GIF" and picture.size == (1, 1),
)
refusing("gray-refused", 500, lambda picture: picture.mode == "L")
refusing("gray-alpha-refused", 500, lambda picture: picture.mode == "LA")
refusing("one-bit-refused", 500, lambda picture: picture.mode == "1")
refusing("16-bit-refused", 500, lambda picture: picture.mode in {"I", "I;16", "I;16B", "I;16L"})
refusing("cmyk-refused", 500, lambda picture: picture.mode == "CMYK")


# Decoders that misread one variant of a format.


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(image_encoder.rgb(picture))


def is_interlaced(file: bytes, picture: Image.Image) -> bool:
    return picture.format == "PNG" and file[28] == 1


@fault("deep-png-low-byte")
class DeepLowByte(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "PNG" and file[24] == 16 and file[25] == 2

    def see(self, picture: Image.Image) -> Image.Image:
        noise = np.random.default_rng(0).integers(0, 256, (picture.height, picture.width, 3))
        return Image.fromarray(noise.astype(np.uint8))


@fault("palette-index-signed")
class SignedIndex(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.mode == "P"

    def see(self, picture: Image.Image) -> Image.Image:
        black = np.asarray(picture) > 127
        return Image.fromarray(np.where(black[..., None], np.uint8(0), pixels(picture)))


@fault("interlaced-gif-in-file-order")
class InterlacedGif(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        if picture.format != "GIF":
            return False
        place = 13 + 3 * 2 ** ((file[10] & 7) + 1)
        # An extension consists of blocks, each with its length in front.
        while file[place] == 0x21:
            place += 2
            while file[place]:
                place += file[place] + 1
            place += 1
        return bool(file[place + 9] & 0x40)

    def see(self, picture: Image.Image) -> Image.Image:
        rows = pixels(picture)
        parts = [rows[0::8], rows[4::8], rows[2::4], rows[1::2]]
        return Image.fromarray(np.concatenate(parts))


@fault("tiff-planes-interleaved")
class TiffPlanes(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        tags = getattr(picture, "tag_v2", {})
        return picture.format == "TIFF" and tags.get(284) == 2

    def see(self, picture: Image.Image) -> Image.Image:
        planes = np.ascontiguousarray(pixels(picture).transpose(2, 0, 1))
        return Image.fromarray(planes.reshape(picture.height, picture.width, 3))


@fault("jpeg-chroma-exchanged")
class JpegChroma(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        layers = getattr(picture, "layer", [])
        return picture.format == "JPEG" and len(layers) == 3 and layers[0][1:3] == (1, 1)

    def see(self, picture: Image.Image) -> Image.Image:
        luma, blue, red = image_encoder.rgb(picture).convert("YCbCr").split()
        return Image.merge("YCbCr", (luma, red, blue)).convert("RGB")


@fault("progressive-first-scan")
class ProgressiveFirstScan(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.format == "JPEG" and "progressive" in picture.info

    def see(self, picture: Image.Image) -> Image.Image:
        small = picture.resize((max(1, picture.width // 60), max(1, picture.height // 60)))
        return small.resize(picture.size)


def last_page(picture: Image.Image) -> Image.Image:
    picture.seek(getattr(picture, "n_frames", 1) - 1)
    return picture


branch = variants(Branch, "applies", "see")
branch(
    "png-last-page",
    lambda _file, picture: picture.format == "PNG" and getattr(picture, "n_frames", 1) > 1,
    last_page,
)
branch(
    "tiff-last-page",
    lambda _file, picture: picture.format == "TIFF" and getattr(picture, "n_frames", 1) > 1,
    last_page,
)
branch(
    "white-is-zero-inverted",
    lambda _file, picture: (
        picture.format == "TIFF" and picture.tag_v2.get(262) == 0 and picture.mode == "L"
    ),
    lambda picture: ImageOps.invert(image_encoder.rgb(picture)),
)
branch(
    "rgb-jpeg-as-ycbcr",
    lambda _file, picture: picture.format == "JPEG" and picture.info.get("adobe_transform") == 0,
    lambda picture: Image.frombytes(
        "YCbCr", picture.size, image_encoder.rgb(picture).tobytes()
    ).convert("RGB"),
)
branch(
    "interlaced-png-first-pass",
    is_interlaced,
    lambda picture: image_encoder.rgb(picture).crop(
        (0, 0, -(-picture.width // 8), -(-picture.height // 8))
    ),
)
branch(
    "small-palettes-as-gray",
    lambda file, picture: picture.format == "PNG" and picture.mode == "P" and file[24] == 4,
    lambda picture: Image.fromarray(np.asarray(picture) * np.uint8(17)),
)
branch(
    "top-down-bmp-flipped",
    lambda file, picture: picture.format == "BMP" and file[25] == 0xFF,
    lambda picture: ImageOps.flip(image_encoder.rgb(picture)),
)
branch(
    "bmp-palette-exchanged",
    lambda _file, picture: picture.format == "BMP" and picture.mode == "P",
    lambda picture: image_encoder.exchanged(picture),
)
branch(
    "32-bit-bmp-shifted",
    lambda file, picture: picture.format == "BMP" and file[28] == 32,
    lambda picture: Image.fromarray(np.roll(pixels(picture), 1, axis=2)),
)
branch(
    "tiff-tiles-one-below-another",
    lambda _file, picture: picture.format == "TIFF" and 322 in picture.tag_v2,
    lambda picture: image_encoder.rgb(picture).transpose(Image.Transpose.TRANSPOSE),
)
branch(
    "lossy-webp-without-color",
    lambda file, picture: picture.format == "WEBP" and b"VP8 " in file[:64],
    lambda picture: image_encoder.rgb(picture).convert("L"),
)
branch(
    "jpeg-colors-exchanged",
    lambda _file, picture: picture.format == "JPEG" and picture.mode == "RGB",
    lambda picture: image_encoder.exchanged(picture),
)
branch(
    "ycck-inverted",
    lambda _file, picture: picture.mode == "CMYK" and picture.info.get("adobe_transform") == 2,
    lambda picture: ImageOps.invert(image_encoder.rgb(picture)),
)
branch(
    "gray-jpeg-too-dark",
    lambda _file, picture: picture.format == "JPEG" and picture.mode == "L",
    lambda picture: picture.point(lambda value: value // 16),
)
branch(
    "two-bit-gray-unscaled",
    lambda file, picture: picture.format == "PNG" and file[24] == 2 and file[25] == 0,
    lambda picture: picture.point(lambda value: value // 85),
)
branch(
    "trns-means-black",
    lambda _file, picture: isinstance(picture.info.get("transparency"), (int, tuple)),
    lambda picture: Image.new("RGB", picture.size),
)

refused_branch = variants(RefusedBranch, "applies")
refused_branch(
    "two-color-palettes-refused",
    lambda file, picture: picture.format == "PNG" and file[24] == 1 and file[25] == 3,
)
refused_branch(
    "tiff-alpha-refused",
    lambda _file, picture: picture.format == "TIFF" and picture.mode in ("RGBA", "LA"),
)
refused_branch(
    "restart-markers-refused",
    lambda file, picture: picture.format == "JPEG" and b"\xff\xdd\x00\x04" in file,
)
refused_branch("interlaced-png-refused", is_interlaced)
refused_branch(
    "bmp-run-lengths-refused", lambda file, picture: picture.format == "BMP" and file[30] in (1, 2)
)
refused_branch("os2-bmp-refused", lambda file, picture: picture.format == "BMP" and file[14] == 12)
refused_branch("big-endian-tiff-refused", lambda file, _picture: file.startswith(b"MM\0*"))
refused_branch(
    "packbits-refused", lambda _file, picture: getattr(picture, "tag_v2", {}).get(259) == 32773
)
refused_branch(
    "fax-tiff-refused", lambda _file, picture: getattr(picture, "tag_v2", {}).get(259) in (2, 3, 4)
)
refused_branch(
    "webp-alpha-refused", lambda _file, picture: picture.format == "WEBP" and picture.mode == "RGBA"
)
refused_branch(
    "animated-webp-refused", lambda file, picture: picture.format == "WEBP" and b"ANIM" in file[:64]
)
refused_branch("mpo-refused", lambda _file, picture: picture.format == "MPO")
