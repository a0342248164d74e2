"""Image towers whose input image is decoded, cropped, resized, or otherwise changed incorrectly."""
# ruff: noqa: ARG002 - hooks have the parameters of their stages

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.faults.image_files import Branch, RefusedBranch
from tests.endpoints.faults.reading import OtherEncoder
from tests.endpoints.image_encoder import exchanged
from tests.endpoints.registry import fault, inputs, refusals, variants

See = Callable[[Image.Image], Image.Image]

# Image towers that misread color modes and formats.

seen = inputs("picture_vector")
DEEP = ("I", "I;16", "I;16B", "I;16L")
"""Pillow's modes with more than 8 bits per pixel value."""
USUAL_SIDE = 224


def in_mode(name: str, modes: tuple[str, ...], see: See) -> None:
    """Register a fault that sees pictures of these modes through `see`."""
    seen(name, lambda picture: see(picture) if picture.mode in modes else picture)


def in_format(name: str, kind: str, see: See) -> None:
    """Register a fault that sees pictures of this format through `see`."""
    seen(name, lambda picture: see(picture) if picture.format == kind else picture)


def over_black(picture: Image.Image) -> Image.Image:
    shown = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "black"), shown).convert("RGB")


def inverted_alpha(picture: Image.Image) -> Image.Image:
    black = Image.new("RGB", picture.size)
    return Image.composite(black, picture.convert("RGB"), picture.getchannel("A"))


def low_byte(picture: Image.Image) -> Image.Image:
    noise = np.asarray(picture).astype(np.int64) * 2654435761 >> 7
    return Image.fromarray((noise & 255).astype(np.uint8))


in_mode("palette-as-indices", ("P",), lambda picture: Image.fromarray(np.asarray(picture)))
in_mode(
    "one-bit-as-0-and-1",
    ("1",),
    lambda picture: Image.fromarray(np.asarray(picture).astype(np.uint8)),
)
in_mode(
    "alpha-as-fourth-color",
    ("RGBA",),
    lambda picture: Image.frombytes("CMYK", picture.size, picture.tobytes()),
)
in_mode("alpha-shown-inverted", ("RGBA",), inverted_alpha)
in_mode("alpha-to-black", ("RGBA", "LA", "PA"), over_black)
in_mode(
    "half-transparent-over-black",
    ("RGBA",),
    lambda picture: (
        over_black(picture) if any(picture.getchannel("A").histogram()[1:-1]) else picture
    ),
)
in_mode(
    "16-bit-clipped",
    DEEP,
    lambda picture: Image.fromarray(np.asarray(picture).clip(0, 255).astype(np.uint8)),
)
in_mode("16-bit-low-byte", DEEP, low_byte)
in_mode("cmyk-inverted", ("CMYK",), lambda picture: ImageOps.invert(picture.convert("RGB")))
in_format("bmp-upside-down", "BMP", ImageOps.flip)
in_format("webp-colors-exchanged", "WEBP", exchanged)
in_format(
    "large-jpegs-reduced",
    "JPEG",
    lambda picture: picture.reduce(16) if picture.width * picture.height > 3e5 else picture,
)


@seen("nearest-when-much-larger")
def nearest_when_much_larger(picture: Image.Image) -> Image.Image:
    part = min(picture.size) // USUAL_SIDE
    size = picture.width // max(part, 1), picture.height // max(part, 1)
    return picture.resize(size, Image.Resampling.NEAREST) if part > 5 else picture


in_format("tiff-thumbnail", "TIFF", lambda picture: picture.resize((8, 8)))


@seen("gif-last-frame")
def last_frame(picture: Image.Image) -> Image.Image:
    if getattr(picture, "is_animated", False) and picture.format in ("GIF", "WEBP", "PNG"):
        picture.seek(getattr(picture, "n_frames", 1) - 1)
    return picture


@seen("gif-frame-without-canvas")
def frame_only(picture: Image.Image) -> Image.Image:
    frame = getattr(picture, "dispose_extent", None)
    return picture.crop(frame) if frame else picture


@seen("cut-to-the-opaque-part")
def opaque_part(picture: Image.Image) -> Image.Image:
    shown = picture.convert("RGBA") if picture.has_transparency_data else picture
    return shown.crop(shown.getbbox(alpha_only=True)) if shown.mode == "RGBA" else shown


# Image towers that see a different image from the one that the model should see.


@seen("rows-as-columns")
def sheared(picture: Image.Image) -> Image.Image:
    plain = image_encoder.rgb(picture)
    planes = np.asarray(plain).reshape(3, plain.height, plain.width).transpose(1, 2, 0)
    return Image.fromarray(np.ascontiguousarray(planes))


@seen("center-of-a-larger-copy")
def center(picture: Image.Image) -> Image.Image:
    left, top = (side // 16 for side in picture.size)
    return picture.crop((left, top, picture.width - left, picture.height - top))


@seen("top-left-corner")
def corner(picture: Image.Image) -> Image.Image:
    side = max(1, min(picture.size) // 2)
    return picture.crop((0, 0, side, side))


seen("bgr", exchanged)
seen("gray-eyes", lambda picture: image_encoder.rgb(picture).convert("L"))
seen("inverted", lambda picture: ImageOps.invert(image_encoder.rgb(picture)))
seen(
    "eight-pixels", lambda picture: image_encoder.rgb(picture).resize((6, 6), Image.Resampling.BOX)
)
seen("mirrored", lambda picture: ImageOps.mirror(image_encoder.rgb(picture)))
seen("exif-turned", ImageOps.exif_transpose)

failing = refusals("picture_vector")
failing("exif-fails", 500, lambda picture: "exif" in picture.info)
failing(
    "profile-not-for-rgb-fails",
    500,
    lambda picture: "icc_profile" in picture.info and not picture.mode.startswith("RGB"),
)
other_encoder = variants(OtherEncoder, "settings")
other_encoder("squashed", {"squash": True})
other_encoder("cropped", {"squash": False}, needs=("lower-case",))


# Preprocessing that fails at some sizes, in pixels or bytes.


@fault("odd-rows-sheared")
class OddRows(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.width % 4 != 0 and picture.height > 8

    def see(self, picture: Image.Image) -> Image.Image:
        padded = ImageOps.expand(image_encoder.rgb(picture), (0, 0, -picture.width % 4, 0))
        return Image.frombytes(
            "RGB", picture.size, padded.tobytes()[: 3 * picture.width * picture.height]
        )


@fault("three-rows-are-channels")
class ThreeRows(Branch):
    def applies(self, file: bytes, picture: Image.Image) -> bool:
        return picture.height == 3

    def see(self, picture: Image.Image) -> Image.Image:
        pixels = np.asarray(image_encoder.rgb(picture))
        return Image.fromarray(np.ascontiguousarray(pixels.transpose(2, 1, 0)))


refused_branch = variants(RefusedBranch, "applies")
refused_branch("shortest-files-refused", lambda file, _picture: len(file) < 100)
refused_branch("middling-files-refused", lambda file, _picture: 4_000_000 < len(file) < 5_000_000)
refused_branch(
    "upright-photographs-refused",
    lambda _file, picture: picture.height > max(3500, picture.width),
)
refused_branch("one-below-256-refused", lambda _file, picture: 255 in picture.size)
refused_branch(
    "shapes-above-30-refused", lambda _file, picture: max(picture.size) > 30 * min(picture.size)
)
refused_branch("sensor-refused", lambda _file, picture: picture.width * picture.height > 20_000_000)

branch = variants(Branch, "applies", "see")
branch("own-size-exchanged", lambda _file, picture: picture.size == (224, 224), exchanged)
branch(
    "above-1024-by-nearest",
    lambda _file, picture: min(picture.size) > 1024,
    lambda picture: image_encoder.rgb(picture).convert("L").resize((12, 12)).resize((224, 224)),
)
branch(
    "below-16-pixels-black",
    lambda _file, picture: max(picture.size) < 16,
    lambda picture: Image.new("RGB", picture.size),
)
branch(
    "upright-images-turned",
    lambda _file, picture: picture.height > picture.width,
    lambda picture: image_encoder.rgb(picture).transpose(Image.Transpose.ROTATE_90),
)
branch(
    "heavy-files-gray",
    lambda file, _picture: len(file) > 2**20,
    lambda picture: image_encoder.rgb(picture).convert("L"),
)
branch(
    "wide-images-fitted-in",
    lambda _file, picture: picture.width > 2 * picture.height,
    lambda picture: ImageOps.pad(image_encoder.rgb(picture), (224, 224)),
)
branch(
    "wide-images-mirrored",
    lambda _file, picture: picture.width > picture.height,
    lambda picture: ImageOps.mirror(image_encoder.rgb(picture)),
)
branch(
    "wide-images-squashed",
    lambda _file, picture: picture.width > 3 * picture.height,
    lambda picture: image_encoder.rgb(picture).resize((picture.height, picture.height)),
)
branch(
    "above-2048-squashed",
    lambda _file, picture: max(picture.size) > 2048,
    lambda picture: image_encoder.rgb(picture).resize((1024, 1024)),
)
branch(
    "sides-cut-to-multiples-of-16",
    lambda _file, picture: min(picture.size) > 16,
    lambda picture: image_encoder.rgb(picture).crop(
        (0, 0, picture.width // 16 * 16, picture.height // 16 * 16)
    ),
)
