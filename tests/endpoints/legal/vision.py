"""Other ways to look at an image that no source forbids."""

from PIL import Image, ImageOps

from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint
from tests.endpoints.registry import legal


class Seen(Endpoint):
    """Every image goes through `see` before it is encoded."""

    def picture_vector(self, picture: Image.Image) -> Matrix:
        """The vector of what is seen."""
        return super().picture_vector(self.see(picture))

    def see(self, picture: Image.Image) -> Image.Image:
        """To be replaced."""
        return picture


@legal("alpha-over-white", "transparent pixels become white")
class OverWhite(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
            return picture
        shown = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), shown).convert("RGB")


@legal("exif-obeyed", "images are turned as their EXIF says")
class ExifObeyed(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        return ImageOps.exif_transpose(picture)


@legal("scaled-twice", "large images are halved before they are scaled")
class ScaledTwice(Seen):
    def see(self, picture: Image.Image) -> Image.Image:
        if min(picture.size) < 400 or picture.mode.startswith("I"):
            return picture
        return picture.convert("RGB").reduce(2)
