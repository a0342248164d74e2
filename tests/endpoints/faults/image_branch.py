"""What the faults of the image axes share: one kind of file takes a way of its own."""
# ruff: noqa: ARG002 - a hook takes what its stage is given

from io import BytesIO

from PIL import Image

from tests.endpoints import image_encoder
from tests.endpoints.encoder import Matrix
from tests.endpoints.endpoint import Endpoint, Refused


class Branch(Endpoint):
    """Files that `applies` picks are seen as `see` shows them; all others as they are."""

    def image_vector(self, image: bytes) -> Matrix:
        """The vector of the image, or of what is made of it."""
        try:
            with Image.open(BytesIO(image)) as opened:
                opened.load()
                taken = self.applies(image, opened)
                if taken:
                    return self.encoder.picture(image_encoder.rgb(self.see(opened)))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            pass  # what cannot be read is refused as ever
        return super().image_vector(image)

    def applies(self, file: bytes, picture: Image.Image) -> bool:
        """Whether this is the kind; to be replaced."""
        raise NotImplementedError

    def see(self, picture: Image.Image) -> Image.Image:
        """What is seen of it; to be replaced."""
        return picture


class RefusedBranch(Branch):
    """Files that `applies` picks are a 500."""

    def see(self, picture: Image.Image) -> Image.Image:
        """The decoder's error."""
        raise Refused(500, "unsupported image")
