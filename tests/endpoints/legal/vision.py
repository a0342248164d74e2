"""Unusual but conformant ways to preprocess an image."""

import io

import numpy as np
from PIL import Image, ImageCms, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.registry import inputs, refusals

SIDE = 224

seen = inputs("picture_vector")
seen("exif-obeyed", ImageOps.exif_transpose)
refusals("picture_vector")(
    "sensor-too-large", 413, lambda picture: picture.width * picture.height > 20_000_000
)


@seen("alpha-over-white")
def over_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture
    shown, white = picture.convert("RGBA"), Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, shown).convert("RGB")


@seen("scaled-twice")
def scaled_twice(picture: Image.Image) -> Image.Image:
    if min(picture.size) < 400 or picture.mode.startswith("I"):
        return picture
    return image_encoder.rgb(picture).reduce(2)


@seen("profiles-obeyed")
def in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode != "RGB":
        return picture
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB")) or picture


@seen("coarse-jpegs")
def coarse(picture: Image.Image) -> Image.Image:
    if picture.format not in ("JPEG", "MPO"):
        return picture
    pixels = np.asarray(picture.convert("RGB"), dtype=np.int16)
    noise = np.random.default_rng(pixels.size).integers(-2, 3, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


@seen("resized-by-bilinear")
def resized_first(picture: Image.Image) -> Image.Image:
    plain = image_encoder.rgb(picture)
    scale = 256 / min(plain.size)
    width, height = (max(1, round(side * scale)) for side in plain.size)
    return plain.resize((width, height), Image.Resampling.BILINEAR)


@seen("resized-in-its-own-mode")
def resized_in_its_own_mode(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return picture
    short = min(picture.size)
    width, height = (int(SIDE * side / short) for side in picture.size)
    scaled = picture.resize((width, height), Image.Resampling.BICUBIC)
    left, top = round((width - SIDE) / 2), round((height - SIDE) / 2)
    return image_encoder.rgb(scaled.crop((left, top, left + SIDE, top + SIDE)))


@seen("deep-grays-scaled")
def scaled_grays(picture: Image.Image) -> Image.Image:
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.asarray(picture) // 256).astype(np.uint8))
