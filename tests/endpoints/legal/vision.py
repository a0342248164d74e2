"""Other legal ways to preprocess an image."""

import io

import numpy as np
from PIL import Image, ImageCms, ImageOps

from tests.endpoints import image_encoder
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused
from tests.endpoints.registry import legal


class Seen(Endpoint):
    """Encodes every image after `see`."""

    def picture_vector(self, picture: Image.Image) -> Matrix:
        return super().picture_vector(self.see(picture))

    def see(self, picture: Image.Image) -> Image.Image:
        """The image that the encoder sees; overridden in subclasses."""
        return picture


@legal("alpha-over-white", "transparent pixels become white")
class OverWhite(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
            return super().see(picture)
        shown, white = picture.convert("RGBA"), Image.new("RGBA", picture.size, "white")
        return super().see(Image.alpha_composite(white, shown).convert("RGB"))


@legal("exif-obeyed", "images are rotated by their EXIF orientation")
class ExifObeyed(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return super().see(ImageOps.exif_transpose(picture))


@legal("scaled-twice", "large images are halved before they are resized")
class ScaledTwice(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if min(picture.size) < 400 or picture.mode.startswith("I"):
            return super().see(picture)
        return super().see(image_encoder.rgb(picture).reduce(2))


@legal("sensor-too-large", "images of more than 20 megapixels are refused with a JSON error")
class SensorTooLarge(Endpoint):
    def picture_vector(self, picture: Image.Image) -> Matrix:
        if picture.width * picture.height > 20_000_000:
            raise Refused(413, "at most 20 megapixels")
        return super().picture_vector(picture)


@legal("profiles-obeyed", "images are converted to sRGB by their profile")
class ProfilesObeyed(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        profile = picture.info.get("icc_profile")
        if not profile or picture.mode != "RGB":
            return super().see(picture)
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        seen = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
        return super().see(seen or picture)


@legal("coarse-jpegs", "a fast JPEG decoder is off by up to 2 out of 255")
class CoarseJpegs(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.format not in ("JPEG", "MPO"):
            return super().see(picture)
        pixels = np.asarray(picture.convert("RGB"), dtype=np.int16)
        noise = np.random.default_rng(pixels.size).integers(-2, 3, pixels.shape)
        return super().see(Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)))


@legal(
    "resized-by-bilinear", "images are first resized to a height of 256 pixels with another filter"
)
class ResizedFirst(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        plain = image_encoder.rgb(picture)
        scale = 256 / min(plain.size)
        size = tuple(max(1, round(side * scale)) for side in plain.size)
        return super().see(plain.resize((size[0], size[1]), Image.Resampling.BILINEAR))


@legal("resized-in-its-own-mode", "images are resized before they are converted to RGB")
class ResizedInItsOwnMode(Seen):
    SIDE = 224

    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode.startswith("I"):
            return super().see(picture)
        short = min(picture.size)
        width, height = (int(self.SIDE * side / short) for side in picture.size)
        scaled = picture.resize((width, height), Image.Resampling.BICUBIC)
        left, top = round((width - self.SIDE) / 2), round((height - self.SIDE) / 2)
        seen = scaled.crop((left, top, left + self.SIDE, top + self.SIDE))
        return super().see(image_encoder.rgb(seen))


@legal("deep-grays-scaled", "16-bit grayscale is scaled to 8 bits, not clipped")
class DeepGreysScaled(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if not picture.mode.startswith("I"):
            return super().see(picture)
        return super().see(Image.fromarray((np.asarray(picture) // 256).astype(np.uint8)))
